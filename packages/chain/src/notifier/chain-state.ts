import { BlockList } from "./block-list.ts";
import { GracePeriod } from "./grace-period.ts";
import type { NotifierBlock, NotifierChainOptions, NotifierErrorSink } from "./notifier-block.ts";

/** What every kind of chain is made of. */
export interface ChainState<Action, Data> {
  /** Kind and name, for messages. */
  readonly name: string;
  /** Whether callbacks may answer with a promise. */
  readonly sleeps: boolean;
  /** Whether to stop is an error. */
  readonly unstoppable: boolean;
  readonly onError: NotifierErrorSink<Action, Data, unknown> | undefined;
  readonly list: BlockList<Action, Data>;
  readonly grace: GracePeriod;
}

/** Makes an empty chain of a kind such as `"raw chain"`. */
export function createChainState<Action, Data, Answer>(
  kind: string,
  sleeps: boolean,
  options: NotifierChainOptions<Action, Data, Answer>,
): ChainState<Action, Data> {
  const { name, onError, unstoppable = false } = options;
  if (name !== undefined && typeof name !== "string") {
    throw new TypeError(`name of a ${kind} must be a string, got ${String(name)}`);
  }
  if (onError !== undefined && typeof onError !== "function") {
    throw new TypeError(`onError of a ${kind} must be a function, got ${String(onError)}`);
  }
  const fullName = name === undefined ? kind : `${kind} "${name}"`;
  return {
    name: fullName,
    sleeps,
    unstoppable,
    // Every block the chain hands back was registered as a block of its own answer type.
    onError: onError as NotifierErrorSink<Action, Data, unknown> | undefined,
    list: new BlockList(fullName),
    grace: new GracePeriod(),
  };
}

/** Unlinks a block now; resolves when no call that began before can reach it. */
export function unlink<Action, Data>(
  state: ChainState<Action, Data>,
  block: NotifierBlock<Action, Data, unknown>,
): Promise<void> {
  const node = state.list.remove(block);
  const { removals } = node;
  return state.grace.over().then(() => {
    state.list.forget(node, removals);
  });
}
