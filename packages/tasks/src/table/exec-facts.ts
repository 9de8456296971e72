import type { ExecEvent, ExecSource, Missing } from "@task-watchers/chain";
import { monotonicMs, monotonicNs } from "@task-watchers/linux/clock";
import { isUnavailable, type ProcReader } from "@task-watchers/linux/procfs";
import { ForetoldFacts } from "./foretold-facts.ts";
import { GivenFacts } from "./given-facts.ts";

/** What is read of a task when it runs a program. */
export type ExecFacts = Pick<
  ExecEvent,
  "exe" | "argv" | "argvTruncatedBytes" | "cwd" | "cgroup" | "source"
>;

/** What a source knows of an exec by itself. A fact that is left out is read from /proc. */
export type SourceFacts = Partial<ExecFacts> & { readonly source: ExecSource };

/** Facts that could not be had, by name, then by reason. */
export type MissedFacts = Record<"exe" | "argv" | "cwd" | "cgroup", Record<string, number>>;

type Arguments = Pick<ExecFacts, "argv" | "argvTruncatedBytes" | "source">;

/** What whoever started a process knows of its first exec. */
export interface StartedWith {
  readonly argv?: readonly string[];
  readonly cwd?: string;
}

/** Why a fact of a stopped exec was not read: nobody hears of execs. Not counted as missed. */
export const UNHEARD: Missing = { missing: "unheard" };

/** Time one turn may spend on reading, milliseconds; beyond it the queue might overflow meanwhile. */
const BUDGET_MS = 50;
/** Or as much of it as this: behind a load that never pauses a turn has no end. */
const BUDGET_SHARE = 1 / 10;
/** Reads that a turn may make however long they take: on a busy machine most of that is waiting for a CPU. */
const BUDGET_READS = 100;

/**
 * Reads exe, argv, cwd and cgroup from /proc on the exec event, as quickly as may be: the arguments first, since a
 * short program is soon gone. What is gone is absent with its reason, and counted.
 */
export class ExecFactsReader {
  readonly #proc: ProcReader;
  readonly missed: MissedFacts = { exe: {}, argv: {}, cwd: {}, cgroup: {} };
  readonly #expected = new Map<number, StartedWith>();
  readonly #given = new GivenFacts();
  readonly #foretold = new ForetoldFacts();
  #turnMs = monotonicMs();
  #spentMs = 0;
  #reads = 0;

  constructor(proc: ProcReader) {
    this.#proc = proc;
  }

  /** A new turn of the event loop: the budget starts over. */
  newTurn(): void {
    this.#turnMs = monotonicMs();
    this.#spentMs = 0;
    this.#reads = 0;
    this.#foretold.newTurn();
  }

  /**
   * An exec was made whose event comes later: what is soon gone is read now.
   *
   * @param isWatched whether the process is known to be; else its fork may still be to come
   */
  foretell(tgid: number, timeNs: bigint, isWatched: boolean): void {
    if (!isWatched && !this.#foretold.admitsUnknown()) return;
    if (this.#given.get(tgid) !== undefined || !this.#affords()) return;
    const facts = this.#timed(tgid);
    this.#foretold.put({ tgid, timeNs, readNs: monotonicNs(), isWatched, facts });
  }

  /** A process's first exec is known beforehand; or, with undefined, is not. */
  expect(tgid: number, started: StartedWith | undefined): void {
    if (started) this.#expected.set(tgid, started);
    else this.#expected.delete(tgid);
  }

  /** A source knows the process's next exec. */
  give(tgid: number, facts: SourceFacts): void {
    this.#given.put(tgid, facts);
  }

  /** The process has ended: what was known of an exec it did not make is let go. */
  forget(tgid: number): void {
    this.#expected.delete(tgid);
    this.#given.delete(tgid);
  }

  /** Facts that were read elsewhere: what is missing among them counts as well. */
  count(facts: ExecFacts): void {
    this.#counted(facts);
  }

  /** The exec is no task's that is watched. */
  drop(tgid: number, timeNs: bigint): void {
    this.#given.delete(tgid);
    this.#foretold.drop(tgid, timeNs);
  }

  /** The facts of the exec whose event has come. */
  read(tgid: number, timeNs: bigint): ExecFacts {
    const foretold = this.#foretold.take(tgid, timeNs);
    const given = this.#given.get(tgid);
    if (given === undefined)
      return this.#counted(this.#completed(tgid, this.#known(tgid, foretold)));
    this.forget(tgid);
    const { argv, source } = given;
    const args = argv === undefined ? { source, ...this.#arguments(tgid) } : { ...given, argv };
    return this.#counted(
      factsOf(args, {
        exe: given.exe ?? this.#proc.exe(tgid),
        cwd: given.cwd ?? this.#proc.cwd(tgid),
        cgroup: given.cgroup ?? this.#proc.cgroup(tgid),
      }),
    );
  }

  #known(tgid: number, foretold: ExecFacts | "replaced" | undefined): ExecFacts {
    if (typeof foretold === "object") return foretold;
    if (foretold !== undefined) return nothing(foretold);
    return this.#affords() ? this.#timed(tgid) : nothing("overload");
  }

  /** Counts a read, and says whether this turn can afford it. */
  #affords(): boolean {
    this.#reads++;
    if (this.#spentMs <= BUDGET_MS || this.#reads <= BUDGET_READS) return true;
    return this.#spentMs <= (monotonicMs() - this.#turnMs) * BUDGET_SHARE;
  }

  #timed(tgid: number): ExecFacts {
    const begin = monotonicMs();
    const facts = this.peek(tgid);
    this.#spentMs += monotonicMs() - begin;
    return facts;
  }

  /** Reads of a task that was found running, without counting what is missed. */
  adopt(tgid: number): ExecFacts {
    return this.#completed(tgid, this.peek(tgid));
  }

  /** Reads without counting what is missed: for tasks that ran their program before we looked. */
  peek(tgid: number): ExecFacts {
    const args = this.#arguments(tgid);
    // Gone altogether: the other files would say the same.
    if (isUnavailable(args.argv) && GONE.has(args.argv.missing)) return nothing(args.argv.missing);
    return factsOf(args, {
      exe: this.#proc.exe(tgid),
      cwd: this.#proc.cwd(tgid),
      cgroup: this.#proc.cgroup(tgid),
    });
  }

  #arguments(tgid: number): Arguments {
    const cmdline = this.#proc.cmdline(tgid);
    if (isUnavailable(cmdline)) return { argv: cmdline };
    const { argv, truncatedBytes: cut } = cmdline;
    return { source: "proc", argv, ...(cut > 0 && { argvTruncatedBytes: cut }) };
  }

  #completed(tgid: number, facts: ExecFacts): ExecFacts {
    const started = this.#expected.get(tgid);
    if (started === undefined) return facts;
    this.#expected.delete(tgid);
    const { argv, cwd } = started;
    return {
      ...facts,
      ...(argv && isUnavailable(facts.argv) && { argv, source: "caller" as const }),
      ...(cwd !== undefined && isUnavailable(facts.cwd) && { cwd }),
    };
  }

  #counted(facts: ExecFacts): ExecFacts {
    for (const name of ["exe", "argv", "cwd", "cgroup"] as const) {
      const fact: unknown = facts[name];
      if (!isUnavailable(fact) || fact === UNHEARD) continue;
      const reasons = this.missed[name];
      reasons[fact.missing] = (reasons[fact.missing] ?? 0) + 1;
    }
    return facts;
  }
}

const GONE: ReadonlySet<string> = new Set(["ENOENT", "ESRCH"]);

/** Written out: to an object that began as a spread, each field that is added makes V8 a hidden class of this one object's own. */
function factsOf(
  { source, argv, argvTruncatedBytes }: Arguments,
  { exe, cwd, cgroup }: Pick<ExecFacts, "exe" | "cwd" | "cgroup">,
): ExecFacts {
  if (source !== undefined && argvTruncatedBytes === undefined) {
    return { source, exe, argv, cwd, cgroup };
  }
  return {
    exe,
    argv,
    cwd,
    cgroup,
    ...(source !== undefined && { source }),
    ...(argvTruncatedBytes !== undefined && { argvTruncatedBytes }),
  };
}

function nothing(reason: string): ExecFacts {
  const missing: Missing = { missing: reason };
  return { exe: missing, argv: missing, cwd: missing, cgroup: missing };
}
