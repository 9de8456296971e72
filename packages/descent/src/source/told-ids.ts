import { type EventSink, PROC_EVENT_GID, PROC_EVENT_UID } from "@task-watchers/tasks";
import { type Credentials, differ, turnsOnCpu } from "../tasks/credentials.ts";
import type { Told } from "./told.ts";

/** How long a change is waited for, nanoseconds. What comes later is found when the thread stops again. */
const PATIENCE_NS = 50_000_000n;
/** A thread that got a CPU this long ago has made its call, nanoseconds. */
const SURE_NS = 1_000_000n;

/** Whose ids may change, and how to look at them. */
export interface IdsQuestion {
  readonly tid: number;
  readonly tgid: number;
  /** When the call was made. */
  readonly timeNs: bigint;
  readonly before: Credentials;
  /** The ids now; undefined when the thread is gone. */
  readonly look: () => Credentials | undefined;
  /** Called once, with what came of it; undefined when that cannot be known. */
  readonly settled: (after: Credentials | undefined) => void;
}

/**
 * A call that may change ids was let go, and nobody tells when it has been made. It has when the ids are others; when the
 * thread stops again, or ends; or, with nothing changed, some time after it got a CPU again.
 */
export class ToldIds implements Told {
  readonly #question: IdsQuestion;
  readonly #turns: number | undefined;
  #ranNs: bigint | undefined;
  #after: Credentials | undefined;
  #isSettled = false;

  /** While the thread stands still. */
  constructor(question: IdsQuestion) {
    this.#question = question;
    this.#turns = turnsOnCpu(question.tid);
  }

  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** The thread is in another call, or dead: this is how its ids are since. */
  settle(after: Credentials | undefined): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#after = after;
    this.#question.settled(after);
  }

  ready(nowNs: bigint): boolean {
    if (this.#isSettled) return true;
    const { tid, before, timeNs, look } = this.#question;
    const now = look();
    if (now === undefined || changed(before, now) || nowNs - timeNs > PATIENCE_NS) {
      this.settle(now);
    } else if (this.#ranNs === undefined) {
      if (this.#turns !== undefined && turnsOnCpu(tid) !== this.#turns) this.#ranNs = nowNs;
    } else if (nowNs - this.#ranNs > SURE_NS) this.settle(now);
    return this.#isSettled;
  }

  tell(sink: EventSink): void {
    const { before } = this.#question;
    if (this.#after) tellIds(sink, this.#question, before, this.#after);
  }
}

/** Ids were found to be others, of a thread that stands still. */
export class ToldLateIds implements Told {
  readonly #of: Pick<IdsQuestion, "tid" | "tgid" | "timeNs" | "before">;
  readonly #after: Credentials;

  constructor(of: Pick<IdsQuestion, "tid" | "tgid" | "timeNs" | "before">, after: Credentials) {
    this.#of = of;
    this.#after = after;
  }

  ready(): boolean {
    return true;
  }

  tell(sink: EventSink): void {
    tellIds(sink, this.#of, this.#of.before, this.#after);
  }
}

export function changed(before: Credentials, after: Credentials): boolean {
  return differ(before.uid, after.uid) || differ(before.gid, after.gid);
}

/** As commit_creds() does: first the user, then the group. */
function tellIds(
  sink: EventSink,
  of: { readonly tid: number; readonly tgid: number; readonly timeNs: bigint },
  before: Credentials,
  { uid, gid }: Credentials,
): void {
  const { tid, tgid, timeNs } = of;
  if (differ(before.uid, uid)) {
    sink.event(PROC_EVENT_UID, tid, tgid, uid.real, uid.effective, timeNs, 0, 0);
  }
  if (differ(before.gid, gid)) {
    sink.event(PROC_EVENT_GID, tid, tgid, gid.real, gid.effective, timeNs, 0, 0);
  }
}
