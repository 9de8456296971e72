import type { ExecCall } from "../call/exec-call.ts";
import { callInProgress, type ExecMark, randomizes, readExecMark } from "./exec-mark.ts";
import { canTellWhy, expectedFailure, laterFailure } from "./expected-failure.ts";
import type { ExecOutcome } from "./outcome.ts";

/** How long after the answer, and after each look, tasks are looked at (again), milliseconds. */
const LOOK_MS = 20;

/** An exec that was let go, and whose outcome is not known. */
interface Open {
  readonly call: ExecCall;
  readonly before: ExecMark | undefined;
  readonly expected: string | undefined;
}

type Tell = (call: ExecCall, outcome: ExecOutcome) => void;

/**
 * Finds out what became of the execs that were let go: at the next exec of the same thread, or by a look soon after. The
 * kernel tells nobody, but a fork that succeeds loses a flag in /proc/PID/stat, and any other program gets new addresses.
 */
export class Outcomes {
  readonly #tell: Tell;
  readonly #exec: ReadonlySet<number>;
  readonly #stopped = new Map<ExecCall, Open>();
  readonly #open = new Map<number, Open>();
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param tell called once for each exec
   * @param exec the numbers of the exec calls
   */
  constructor(tell: Tell, exec: Iterable<number>) {
    this.#tell = tell;
    this.#exec = new Set(exec);
  }

  /** While the task stands still. */
  stopped(call: ExecCall): void {
    const before = readExecMark(call.pid);
    const earlier = this.#open.get(call.pid);
    if (earlier !== undefined) {
      this.#open.delete(call.pid);
      // The thread makes another call: the one before is over.
      this.#settle(earlier, before, true);
    }
    this.#stopped.set(call, { call, before, expected: expectedFailure(call) });
  }

  /** @param errno 0 when it was let go, undefined when nobody waited for the answer */
  answered(call: ExecCall, errno: number | undefined): void {
    const open = this.#stopped.get(call);
    if (open === undefined) return;
    this.#stopped.delete(call);
    if (errno === undefined) return this.#tell(call, { outcome: "vanished", certain: true });
    if (errno !== 0) return this.#tell(call, { outcome: "refused", certain: true });
    this.#open.set(call.pid, open);
    this.#timer ??= setTimeout(() => this.#look(), LOOK_MS).unref();
  }

  /** Looks a last time, and guesses where nothing can be known. */
  close(): void {
    clearTimeout(this.#timer);
    for (const open of this.#open.values()) {
      this.#settle(open, readExecMark(open.call.pid), false);
    }
    this.#open.clear();
  }

  #look(): void {
    this.#timer = undefined;
    for (const [pid, open] of this.#open) {
      const now = readExecMark(pid);
      if (now !== undefined && isSame(open.before, now) && !now.isDead && !this.#isElsewhere(pid)) {
        continue;
      }
      this.#open.delete(pid);
      this.#settle(open, now, true);
    }
    if (this.#open.size > 0) this.#timer = setTimeout(() => this.#look(), LOOK_MS).unref();
  }

  /** Whether the task waits in some other call than exec. */
  #isElsewhere(pid: number): boolean {
    const number = callInProgress(pid);
    return number !== undefined && !this.#exec.has(number);
  }

  /** @param over whether the call has ended for sure, if the task is still the same */
  #settle(open: Open, now: ExecMark | undefined, over: boolean): void {
    const { call, before, expected } = open;
    if (!isKnown(before, now)) {
      this.#tell(
        call,
        expected === undefined
          ? { outcome: "ran", certain: false }
          : { outcome: "failed", ...withCode(call, expected), certain: false },
      );
      return;
    }
    if (!isSame(before, now)) return this.#tell(call, { outcome: "ran", certain: true });
    const code = expected ?? laterFailure(call);
    const certain = over && (now.forkedOnly || randomizes(call.pid));
    this.#tell(call, { outcome: "failed", ...withCode(call, code), certain });
  }
}

function withCode(call: ExecCall, code: string | undefined): Pick<ExecOutcome, "code"> {
  return code !== undefined && canTellWhy(call) ? { code } : {};
}

/** Whether the two can be compared: of one and the same thread, with what tells a program from the next. */
function isKnown(before: ExecMark | undefined, now: ExecMark | undefined): now is ExecMark {
  if (before === undefined || now === undefined || before.startTicks !== now.startTicks)
    return false;
  return before.forkedOnly || (before.auxiliary !== undefined && now.auxiliary !== undefined);
}

function isSame(before: ExecMark | undefined, now: ExecMark): boolean {
  if (before === undefined || before.startTicks !== now.startTicks) return false;
  if (before.forkedOnly) return now.forkedOnly;
  return before.auxiliary === now.auxiliary;
}
