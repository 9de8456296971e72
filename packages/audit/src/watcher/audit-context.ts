import type { ExecEvent, ExitEvent, Task } from "@task-watchers/chain";
import type { AuditFacts } from "../facts/audit-facts.ts";
import { STAMP_NS, type ToldEvent } from "./told-event.ts";

/** An exec that succeeded: what the chain told of it, and what the kernel's records say. */
export interface AuditedExec {
  readonly event: ExecEvent;
  /** Undefined when no record came for it. */
  readonly facts: AuditFacts | undefined;
}

/** Events kept of one task; one that runs for days may fail a hundred thousand execs. */
const KEPT = 1024;

/** What the kernel's records say of one task: made at its `init`, let go at its `free`. */
export class AuditContext {
  readonly task: Task;
  readonly existing: boolean;
  /** The id it logged in with; absent when it never did, or no record told. */
  loginuid: number | undefined;
  /** Its audit session; absent as above. */
  session: number | undefined;
  exit: ExitEvent | undefined;
  readonly #execs: ExecEvent[] = [];
  readonly #told: ToldEvent[] = [];
  #successes = 0;
  #unkept = 0;
  #ended = false;

  constructor(task: Task, existing: boolean) {
    this.task = task;
    this.existing = existing;
  }

  /** The task runs another program: a record of that is due. */
  exec(event: ExecEvent): void {
    if (event.synthetic === undefined && this.#execs.length < KEPT) this.#execs.push(event);
  }

  /** Whether an event of this pid can be this task's, by its time. */
  fits({ fromNs }: ToldEvent): boolean {
    const { startNs } = this.task;
    const endNs = this.exit?.timeNs;
    return fromNs + STAMP_NS >= startNs && (endNs === undefined || fromNs <= endNs);
  }

  take(told: ToldEvent): void {
    const { auid, session, syscallName, success } = told.facts;
    this.loginuid = auid ?? this.loginuid;
    this.session = session ?? this.session;
    if (isExec(syscallName) && success === true) this.#successes++;
    if (syscallName === "exit_group") this.#ended = true;
    if (this.#told.length < KEPT) this.#told.push(told);
    else this.#unkept++;
  }

  /** Nothing more is to come, by what came: the end itself was told, and a record for every exec. */
  get isComplete(): boolean {
    return this.#ended && this.#successes >= this.#execs.length;
  }

  /** Everything that was told of it, in the order of records. */
  get facts(): readonly AuditFacts[] {
    return this.#told.map(({ facts }) => facts);
  }

  /** Events that were told and not kept here. */
  get unkept(): number {
    return this.#unkept;
  }

  /** Execs that failed, but for those of a search: execvp(3) tries one directory after the other until one has the program. */
  get failedExecs(): readonly AuditFacts[] {
    const failed: AuditFacts[] = [];
    /** What a later exec succeeded with, by its name without directory. */
    let found: string | undefined;
    for (const facts of this.facts.toReversed()) {
      if (!isExec(facts.syscallName)) continue;
      const name = programOf(facts);
      if (facts.success === true) found = name;
      else if (facts.success === false && !(facts.errno === "ENOENT" && name === found)) {
        failed.push(facts);
      }
    }
    return failed.toReversed();
  }

  /** Every exec the chain told of, each with its record where there is one that can be no other's. */
  execs(): readonly AuditedExec[] {
    const records = this.#told.filter(
      ({ facts }) => isExec(facts.syscallName) && facts.success === true,
    );
    return this.#successes >= this.#execs.length
      ? lastToLast(this.#execs, records)
      : oneToOne(this.#execs, records);
  }
}

/** A record for each, at least: the last ones belong together, and what is over is from before the watch. */
function lastToLast(execs: readonly ExecEvent[], records: readonly ToldEvent[]): AuditedExec[] {
  const first = records.length - execs.length;
  return execs.map((event, n) => ({ event, facts: records[first + n]?.facts }));
}

/** Some have none: a record is taken for that of an exec if it fits this one alone. */
function oneToOne(execs: readonly ExecEvent[], records: readonly ToldEvent[]): AuditedExec[] {
  return execs.map((event, n) => {
    const fitting = records.filter((record) => fitsExec(record, execs, n));
    const [only] = fitting;
    const isOnly =
      fitting.length === 1 &&
      only !== undefined &&
      execs.every((_, other) => other === n || !fitsExec(only, execs, other));
    return { event, facts: isOnly ? only.facts : undefined };
  });
}

/** The call was made before this exec was told, and after the one before it. */
function fitsExec({ fromNs }: ToldEvent, execs: readonly ExecEvent[], n: number): boolean {
  const before = execs[n - 1]?.timeNs ?? 0n;
  const own = execs[n]?.timeNs ?? 0n;
  return fromNs <= own && fromNs + STAMP_NS >= before;
}

/** The name that was looked up, without directory. */
function programOf({ paths }: AuditFacts): string | undefined {
  return paths[0]?.name?.replace(/^.*\//su, "");
}

export function isExec(name: string | undefined): boolean {
  return name === "execve" || name === "execveat";
}
