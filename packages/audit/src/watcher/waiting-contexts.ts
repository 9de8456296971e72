import type { AuditContext } from "./audit-context.ts";

interface Waiting {
  readonly dueMs: number;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** Ended tasks that wait for their records, each as long as the others: one timer serves all. */
export class WaitingContexts {
  readonly #graceMs: number;
  readonly #settle: (context: AuditContext) => void;
  readonly #waiting = new Map<AuditContext, Waiting>();
  #timer: NodeJS.Timeout | undefined;

  /** @param settle called once for each; what it throws is told to whoever waits */
  constructor(graceMs: number, settle: (context: AuditContext) => void) {
    this.#graceMs = graceMs;
    this.#settle = settle;
  }

  async add(context: AuditContext): Promise<void> {
    this.#timer ??= setTimeout(() => this.#expire(), this.#graceMs);
    const dueMs = performance.now() + this.#graceMs;
    return await new Promise<void>((resolve, reject) => {
      this.#waiting.set(context, { dueMs, resolve, reject });
    });
  }

  /** Its wait is over. */
  done(context: AuditContext): void {
    if (this.#waiting.has(context)) this.#done(context);
  }

  /** Ends the waits of those, oldest first, up to the first one that is to go on: thousands may wait. */
  settleOldest(isDone: (context: AuditContext) => boolean): void {
    for (const context of this.#waiting.keys()) {
      if (!isDone(context)) return;
      this.#done(context);
    }
  }

  /** All waits are over. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const context of [...this.#waiting.keys()]) this.#done(context);
  }

  #expire(): void {
    this.#timer = undefined;
    const nowMs = performance.now();
    for (const [context, { dueMs }] of [...this.#waiting]) {
      if (dueMs > nowMs) {
        this.#timer = setTimeout(() => this.#expire(), dueMs - nowMs);
        return;
      }
      this.#done(context);
    }
  }

  #done(context: AuditContext): void {
    const waiting = this.#waiting.get(context);
    this.#waiting.delete(context);
    try {
      this.#settle(context);
      waiting?.resolve();
    } catch (error) {
      waiting?.reject(error);
    }
  }
}
