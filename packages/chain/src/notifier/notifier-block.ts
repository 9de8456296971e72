/** What a callback that must not sleep may answer. Nothing at all counts as NOTIFY_DONE. */
export type NotifierAnswer = number | void;

/** What a callback that may sleep may answer: the same, or a promise of it. */
export type SleepingAnswer = NotifierAnswer | PromiseLike<NotifierAnswer>;

/**
 * One callback on a chain, the kernel's `struct notifier_block`. It belongs to the caller and is
 * known by its identity: two blocks may share one function. Unlike the kernel's it may be on
 * several chains at once. All fields are read when it is registered.
 */
export interface NotifierBlock<Action, Data, Answer = SleepingAnswer> {
  /** Stands for the block in error messages. */
  readonly name?: string;
  /** Higher is called earlier, ties in order of registration. A safe integer (default: 0). */
  readonly priority?: number;
  /**
   * Called as a plain function, without `this`.
   *
   * @returns NOTIFY_DONE, NOTIFY_OK, … (a 32-bit integer; its bit 0x8000 ends the walk)
   */
  call(this: void, action: Action, data: Data): Answer;
}

/** Hears of a callback that failed. What it throws is thrown to the chain's caller after the walk. */
export type NotifierErrorSink<Action, Data, Answer = SleepingAnswer> = (
  error: unknown,
  block: NotifierBlock<Action, Data, Answer>,
  action: Action,
  data: Data,
) => void;

/** Options of every notifier chain. */
export interface NotifierChainOptions<Action, Data, Answer = SleepingAnswer> {
  /** Stands for the chain in error messages (default: its kind). */
  readonly name?: string;
  /**
   * Called for each callback that threw, rejected or answered nonsense, as it happens. Without it
   * a call throws (or rejects with) one `AggregateError` after all callbacks had their turn.
   */
  readonly onError?: NotifierErrorSink<Action, Data, Answer>;
  /** Whether an answer that would stop the walk is an error, and the walk goes on (default: false). */
  readonly unstoppable?: boolean;
}

/** How error messages name a block. */
export function blockName(block: { readonly name?: string }): string {
  return block.name === undefined ? "(unnamed)" : `"${block.name}"`;
}

/** Throws when the value cannot be a block: before it has any effect. */
export function checkBlock(block: NotifierBlock<never, never, unknown>): void {
  if (typeof block !== "object" || block === null) {
    throw new TypeError(`a notifier block must be an object, got ${String(block)}`);
  }
  const { name, priority, call } = block;
  if (name !== undefined && typeof name !== "string") {
    throw new TypeError(`name of a notifier block must be a string, got ${String(name)}`);
  }
  if (typeof call !== "function") {
    throw new TypeError(
      `call of block ${blockName(block)} must be a function, got ${String(call)}`,
    );
  }
  checkPriority(priority, `block ${blockName(block)}`);
}

/** Throws when the value cannot be a priority; `owner` names whose it is. */
export function checkPriority(priority: number | undefined, owner: string): void {
  if (priority === undefined) {
    return;
  }
  if (typeof priority !== "number") {
    throw new TypeError(`priority of ${owner} must be a number, got ${String(priority)}`);
  }
  if (!Number.isSafeInteger(priority)) {
    throw new RangeError(`priority of ${owner} must be a safe integer, got ${priority}`);
  }
}
