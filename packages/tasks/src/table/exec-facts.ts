import type { ExecEvent, Missing } from "@task-watchers/chain";
import { isUnavailable, type ProcReader } from "@task-watchers/linux/procfs";

/** What is read of a task when it runs a program. */
export type ExecFacts = Pick<ExecEvent, "exe" | "argv" | "argvTruncatedBytes" | "cwd" | "cgroup">;

/** Facts that could not be had, by name, then by reason. */
export type MissedFacts = Record<"exe" | "argv" | "cwd" | "cgroup", Record<string, number>>;

/** What whoever started a process knows of its first exec. */
export interface StartedWith {
  readonly argv?: readonly string[];
  readonly cwd?: string;
}

/** Time one turn may spend on reading, milliseconds; beyond it the queue might overflow meanwhile. */
const BUDGET_MS = 50;
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
  #spentMs = 0;
  #reads = 0;

  constructor(proc: ProcReader) {
    this.#proc = proc;
  }

  /** A new turn of the event loop: the budget starts over. */
  newTurn(): void {
    this.#spentMs = 0;
    this.#reads = 0;
  }

  /** A process's first exec is known beforehand; or, with undefined, is not. */
  expect(tgid: number, started: StartedWith | undefined): void {
    if (started) this.#expected.set(tgid, started);
    else this.#expected.delete(tgid);
  }

  read(tgid: number): ExecFacts {
    this.#reads++;
    if (this.#spentMs > BUDGET_MS && this.#reads > BUDGET_READS) {
      return this.#counted(this.#completed(tgid, nothing("overload")));
    }
    const begin = performance.now();
    const facts = this.#completed(tgid, this.peek(tgid));
    this.#spentMs += performance.now() - begin;
    return this.#counted(facts);
  }

  /** Reads of a task that was found running, without counting what is missed. */
  adopt(tgid: number): ExecFacts {
    return this.#completed(tgid, this.peek(tgid));
  }

  /** Reads without counting what is missed: for tasks that ran their program before we looked. */
  peek(tgid: number): ExecFacts {
    const cmdline = this.#proc.cmdline(tgid);
    // Gone altogether: the other files would say the same.
    if (isUnavailable(cmdline) && GONE.has(cmdline.missing)) return nothing(cmdline.missing);
    const argv = isUnavailable(cmdline) ? cmdline : cmdline.argv;
    const cut = isUnavailable(cmdline) ? 0 : cmdline.truncatedBytes;
    return {
      exe: this.#proc.exe(tgid),
      argv,
      ...(cut > 0 && { argvTruncatedBytes: cut }),
      cwd: this.#proc.cwd(tgid),
      cgroup: this.#proc.cgroup(tgid),
    };
  }

  #completed(tgid: number, facts: ExecFacts): ExecFacts {
    const started = this.#expected.get(tgid);
    if (started === undefined) return facts;
    this.#expected.delete(tgid);
    const { argv, cwd } = started;
    return {
      ...facts,
      ...(argv && isUnavailable(facts.argv) && { argv }),
      ...(cwd !== undefined && isUnavailable(facts.cwd) && { cwd }),
    };
  }

  #counted(facts: ExecFacts): ExecFacts {
    for (const name of ["exe", "argv", "cwd", "cgroup"] as const) {
      const fact: unknown = facts[name];
      if (!isUnavailable(fact)) continue;
      const reasons = this.missed[name];
      reasons[fact.missing] = (reasons[fact.missing] ?? 0) + 1;
    }
    return facts;
  }
}

const GONE: ReadonlySet<string> = new Set(["ENOENT", "ESRCH"]);

function nothing(reason: string): ExecFacts {
  const missing: Missing = { missing: reason };
  return { exe: missing, argv: missing, cwd: missing, cgroup: missing };
}
