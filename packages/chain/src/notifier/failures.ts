import type { BlockNode } from "./block-list.ts";
import type { ChainState } from "./chain-state.ts";
import { blockName } from "./notifier-block.ts";
import { reportError } from "./report-error.ts";

/** The errors of one call that nobody took, until its end. */
export class Failures {
  readonly #errors: unknown[] = [];
  readonly #blocks: string[] = [];

  add(block: string, error: unknown): void {
    this.#errors.push(error);
    this.#blocks.push(block);
  }

  toError(chain: string): AggregateError {
    const count = this.#blocks.length === 1 ? "1 error" : `${this.#blocks.length} errors`;
    return new AggregateError(this.#errors, `${count} on ${chain}: ${this.#blocks.join(", ")}`);
  }
}

/** Whether a callback's answer has to be waited for. Never throws. */
export function isThenable(answer: unknown): answer is PromiseLike<unknown> {
  if ((typeof answer !== "object" || answer === null) && typeof answer !== "function") {
    return false;
  }
  try {
    return "then" in answer && typeof answer.then === "function";
  } catch {
    return false;
  }
}

/** Hands one error to the chain's sink, or keeps it for the end of the call. Never throws. */
export function fail<Action, Data>(
  state: ChainState<Action, Data>,
  failures: Failures | null,
  error: unknown,
  node: BlockNode<Action, Data>,
  action: Action,
  data: Data,
): Failures | null {
  const { onError } = state;
  let kept = failures;
  if (onError !== undefined) {
    try {
      // A sink may turn out to be an async function.
      const answer: unknown = onError(error, node.block, action, data);
      if (isThenable(answer)) {
        Promise.resolve(answer).then(undefined, reportError);
      }
      return failures;
    } catch (sinkError) {
      kept ??= new Failures();
      kept.add(`onError after ${blockName(node.block)}`, sinkError);
    }
  }
  kept ??= new Failures();
  kept.add(blockName(node.block), error);
  return kept;
}

/** The error of a callback whose answer is neither nothing, nor a 32-bit integer, nor awaitable here. */
export function badAnswer<Action, Data>(
  state: ChainState<Action, Data>,
  node: BlockNode<Action, Data>,
  answer: unknown,
): TypeError {
  const block = blockName(node.block);
  if (isThenable(answer)) {
    return new TypeError(`block ${block} answered with a promise, ${state.name} must not sleep`);
  }
  return new TypeError(
    `block ${block} on ${state.name} must answer a 32-bit integer or nothing, got ${describe(answer)}`,
  );
}

/** Keeps the promise of a callback that must not sleep from being an unhandled rejection. */
export function muffle<Action, Data>(
  state: ChainState<Action, Data>,
  promise: PromiseLike<unknown>,
  node: BlockNode<Action, Data>,
  action: Action,
  data: Data,
): void {
  Promise.resolve(promise).then(undefined, (error: unknown) => {
    const kept = fail(state, null, error, node, action, data);
    if (kept !== null) {
      reportError(kept.toError(state.name));
    }
  });
}

function describe(answer: unknown): string {
  const printable = typeof answer === "number" || typeof answer === "string" || answer === null;
  return printable ? `${typeof answer} ${String(answer)}` : `a value of type ${typeof answer}`;
}
