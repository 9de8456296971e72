import type { FileDescriptor } from "@task-watchers/linux/file-descriptor";
import { pollReadable } from "@task-watchers/linux/poll-readable";
import { Readiness } from "@task-watchers/linux/readiness";
import {
  notificationPending,
  receiveNotification,
  sendContinue,
  sendError,
} from "@task-watchers/linux/seccomp-notification";
import { ProcReader } from "@task-watchers/linux/procfs";
import { ExecCall } from "../call/exec-call.ts";
import type { StringLimits } from "../call/task-strings.ts";
import { countMissing, type Counting } from "../counters.ts";
import type { ExecCalls } from "../filter.ts";
import type { Outcomes } from "../outcome/outcomes.ts";
import type { ExecTrouble } from "../trouble.ts";
import type { CallSlots } from "./call-slots.ts";
import { otherCall } from "./other-call.ts";
import type { OtherCalls } from "./other-calls.ts";
import { rawCall } from "./raw-call.ts";
import { verdictErrno } from "./verdict.ts";

/** Calls answered before the rest of the program has its turn. */
const TURN = 64;

/** What is done with each call. */
export interface Handling {
  readonly abis: readonly ExecCalls[];
  readonly onExec: (call: ExecCall) => unknown;
  readonly deadlineMs: number;
  readonly limits: StringLimits;
  readonly counters: Counting;
  readonly trouble: (trouble: ExecTrouble) => void;
  /** Absent when nobody wants to know. */
  readonly outcomes: Outcomes | undefined;
  readonly others: OtherCalls | undefined;
}

/** A call that has been received and not been answered. */
interface Stopped {
  readonly slot: number;
  readonly id: bigint;
  answered: boolean;
  /** It is no exec. */
  readonly isOther?: boolean;
  timer?: NodeJS.Timeout;
}

/** Receives the calls that the filter stops, has each looked at, and answers it: in the same turn, if that can be. */
export class ExecListener {
  readonly #listener: FileDescriptor;
  readonly #slots: CallSlots;
  readonly #handling: Handling;
  readonly #proc = new ProcReader();
  readonly #stopped = new Set<Stopped>();
  readonly #readiness: Readiness;
  #outcomes: Outcomes | undefined;
  #passing = false;
  #closed = false;

  constructor(listener: FileDescriptor, slots: CallSlots, handling: Handling) {
    this.#listener = listener;
    this.#slots = slots;
    this.#handling = handling;
    this.#outcomes = handling.outcomes;
    this.#readiness = new Readiness(listener, () => this.#onReadable());
  }

  /** Whether it keeps the process alive. */
  hold(alive: boolean): void {
    if (alive) this.#readiness.ref();
    else this.#readiness.unref();
  }

  /** Looks no more for what becomes of the execs that come now. */
  forgoOutcomes(): void {
    this.#outcomes = undefined;
  }

  /** Lets everything run that is stopped now, and hears of no more. */
  close(): void {
    this.#closed = true;
    this.#readiness.close();
    for (const stopped of this.#stopped) this.#answer(stopped, 0);
  }

  /** Lets everything run from now on, without looking, and does not keep the process alive for it. */
  letAllPass(): void {
    this.#passing = true;
    for (const stopped of this.#stopped) this.#answer(stopped, 0);
    this.hold(false);
  }

  /** Lets what has been received run, and as much of what comes now as one turn takes; waits up to `waitMs` for each. */
  letPass(waitMs: number): void {
    for (const stopped of this.#stopped) this.#answer(stopped, 0);
    for (let n = 0; n < TURN && pollReadable(this.#listener, waitMs) === "readable"; n++) {
      const slot = this.#slots.take();
      if (slot === undefined) return;
      if (receiveNotification(this.#listener, this.#slots.bytes(slot))) {
        sendContinue(this.#listener, this.#slots.id(slot));
      }
      this.#slots.release(slot);
    }
  }

  #onReadable(): void {
    // A handler may close us.
    for (let n = 0; n < TURN && !this.#closed; n++) {
      const state = pollReadable(this.#listener);
      if (state === "idle") return;
      const slot = state === "ended" ? undefined : this.#slots.take();
      // Until a slot is free again; for ever, when no task is left under the filter.
      if (slot === undefined) return this.#readiness.stop();
      if (receiveNotification(this.#listener, this.#slots.bytes(slot))) this.#look(slot);
      else this.#slots.release(slot);
    }
  }

  #look(slot: number): void {
    if (this.#passing) {
      sendContinue(this.#listener, this.#slots.id(slot));
      this.#slots.release(slot);
      return;
    }
    if (this.#tellOther(slot)) return;
    const { counters, onExec } = this.#handling;
    counters.calls++;
    const stopped: Stopped = { slot, id: this.#slots.id(slot), answered: false };
    this.#stopped.add(stopped);
    let call: ExecCall | undefined;
    try {
      call = this.#read(stopped);
      this.#outcomes?.stopped(call);
      const verdict = onExec(call);
      if (isThenable(verdict)) {
        this.#await(stopped, call, verdict);
        return;
      }
      this.#answer(stopped, verdictErrno(verdict), call);
    } catch (error) {
      this.#thrown(stopped, call, error);
    }
  }

  /** @returns whether the call is none of exec's; it has been let go then */
  #tellOther(slot: number): boolean {
    const { abis, others, counters, trouble } = this.#handling;
    const call = others && otherCall(this.#slots, slot, abis);
    if (call === undefined) return false;
    counters.others++;
    const stopped = { slot, id: this.#slots.id(slot), answered: false, isOther: true };
    // The handler may close us.
    this.#stopped.add(stopped);
    try {
      others?.onCall(call);
    } catch (cause) {
      counters.thrown++;
      trouble({ kind: "thrown", message: `onCall failed: ${String(cause)}`, cause });
    }
    this.#answer(stopped, 0);
    return true;
  }

  #await(stopped: Stopped, call: ExecCall, verdict: PromiseLike<unknown>): void {
    const { counters, deadlineMs, trouble } = this.#handling;
    stopped.timer = setTimeout(() => {
      counters.late++;
      this.#answer(stopped, 0, call);
      trouble({ kind: "late", message: `onExec gave no verdict within ${deadlineMs} ms`, call });
    }, deadlineMs);
    Promise.resolve(verdict)
      .then((verdict) => this.#answer(stopped, verdictErrno(verdict), call))
      .catch((error: unknown) => this.#thrown(stopped, call, error));
  }

  #thrown(stopped: Stopped, call: ExecCall | undefined, cause: unknown): void {
    const { counters, trouble } = this.#handling;
    counters.thrown++;
    this.#answer(stopped, 0, call);
    const message = cause instanceof Error ? cause.message : String(cause);
    const about = call === undefined ? {} : { call };
    trouble({ kind: "thrown", message: `onExec failed: ${message}`, ...about, cause });
  }

  #answer(stopped: Stopped, errno: number, call?: ExecCall): void {
    if (stopped.answered) return;
    const { counters } = this.#handling;
    // Should that throw, the call is still to be answered: at our end, if never before.
    const taken =
      errno === 0
        ? sendContinue(this.#listener, stopped.id)
        : sendError(this.#listener, stopped.id, errno);
    stopped.answered = true;
    clearTimeout(stopped.timer);
    this.#stopped.delete(stopped);
    this.#slots.release(stopped.slot);
    this.#readiness.start();
    if (stopped.isOther === true) return;
    if (!taken) counters.vanished++;
    else if (errno === 0) counters.continued++;
    else counters.refused++;
    if (call !== undefined) this.#outcomes?.answered(call, taken ? errno : undefined);
  }

  #read(stopped: Stopped): ExecCall {
    const { abis, limits, counters } = this.#handling;
    return new ExecCall(rawCall(this.#slots, stopped.slot, abis), {
      proc: this.#proc,
      limits,
      isAnswered: () => stopped.answered,
      isPending: () => notificationPending(this.#listener, stopped.id),
      onMissing: (fact, reason) => countMissing(counters, fact, reason),
    });
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    "then" in value &&
    typeof value.then === "function"
  );
}
