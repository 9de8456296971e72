import type { BlockNode } from "./block-list.ts";
import type { ChainState } from "./chain-state.ts";
import type { Epoch } from "./grace-period.ts";
import { NOTIFY_STOP_MASK } from "./notify-codes.ts";
import { MOST_CALLS, Walk } from "./walk.ts";

// Bindings of this module: V8 folds them, and loads an imported one each time it is used.
const STOP_MASK: number = NOTIFY_STOP_MASK;
const MOST: number = MOST_CALLS;

/**
 * Calls a list from `head` on. Every chain calls here, and nearly every call ends here: nothing is
 * allocated. Once a callback throws or answers something else than an integer, a {@link Walk} goes
 * on. Three steps a round, because V8 keeps what it knows of callees by place in the source: where
 * one chain is busy, three small callbacks took 3.6 ns so, and 14 in a plain loop (Node.js 20).
 */
export function callChain<Action, Data>(
  state: ChainState<Action, Data>,
  head: BlockNode<Action, Data>,
  action: Action,
  data: Data,
): number | Promise<number> {
  const { epoch } = state.grace;
  let node = head;
  let next: BlockNode<Action, Data> | null = head;
  let calls = 0;
  let answer: unknown;
  let code = 0;
  try {
    while (next !== null && calls + 3 <= MOST) {
      node = next;
      // Read before the callback, which may take its own block off the list.
      next = node.next;
      calls += 1;
      const first = node.call;
      answer = first(action, data);
      code = answerCode(answer);
      if (next === null || (code & STOP_MASK) !== 0) {
        break;
      }
      node = next;
      next = node.next;
      calls += 1;
      const second = node.call;
      answer = second(action, data);
      code = answerCode(answer);
      if (next === null || (code & STOP_MASK) !== 0) {
        break;
      }
      node = next;
      next = node.next;
      calls += 1;
      const third = node.call;
      answer = third(action, data);
      code = answerCode(answer);
      if ((code & STOP_MASK) !== 0) {
        break;
      }
    }
  } catch (error) {
    const walk = new Walk(state, MOST, action, data, next, node, calls);
    walk.fail(error);
    return runToEnd(state, epoch, walk, undefined);
  }
  if ((code & STOP_MASK) === 0 ? next === null : answer === code && !state.unstoppable) {
    return code;
  }
  const walk = new Walk(state, MOST, action, data, next, node, calls);
  return runToEnd(state, epoch, walk, walk.take(answer));
}

/** A plain answer as an integer; for all that needs a closer look STOP_MASK, so that the loop ends. */
function answerCode(answer: unknown): number {
  if (answer === undefined) {
    return 0;
  }
  return typeof answer === "number" && (answer | 0) === answer ? answer : STOP_MASK;
}

/** What can stop at a promise and go on later. */
interface Resumable {
  /** Goes on to the end, or to a promise, which then has to be settled. */
  run(): PromiseLike<unknown> | undefined;
  settle(pending: PromiseLike<unknown>): Promise<void>;
  end(): number;
}

/** Runs a call to its end, without a promise as long as no callback answers with one. */
export function runToEnd<Action, Data>(
  state: ChainState<Action, Data>,
  epoch: Epoch,
  call: Resumable,
  first: PromiseLike<unknown> | undefined,
): number | Promise<number> {
  const pending = first ?? call.run();
  return pending === undefined ? call.end() : sleep(state, epoch, call, pending);
}

async function sleep<Action, Data>(
  state: ChainState<Action, Data>,
  epoch: Epoch,
  call: Resumable,
  first: PromiseLike<unknown>,
): Promise<number> {
  state.grace.enter(epoch);
  let pending: PromiseLike<unknown> | undefined = first;
  while (pending !== undefined) {
    await call.settle(pending);
    pending = call.run();
  }
  state.grace.leave(epoch);
  return call.end();
}
