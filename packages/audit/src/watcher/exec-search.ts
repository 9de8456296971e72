import type { AuditFacts } from "../facts/audit-facts.ts";

/** An exec that failed. */
export interface FailedExec {
  /** Name of the error; absent for a number that has none. */
  readonly errno: string | undefined;
  /** What was to be run, as it was given. */
  readonly name: string | undefined;
  /** Absent when there is no room to keep them. */
  readonly facts: AuditFacts | undefined;
}

/** Directories of a PATH; what is tried more often is no search. */
const MOST = 64;

/** What execvp(3) goes on from. EACCES it goes on from, too, but that is worth telling. */
const GOES_ON: ReadonlySet<string | undefined> = new Set(["ENOENT", "ENOTDIR"]);

/**
 * Tells execs that failed from those of a search: execvp(3) tries one directory after the other until one has the program.
 * A search is attempts with the same name, nothing between them, of which the last one succeeds in a directory that was not tried
 * before, and was not given that very path as argument 0: a caller that names a path does so there, one that searches has a
 * bare name.
 */
export class ExecSearch {
  readonly #failed: (failed: FailedExec) => void;
  /** They may belong to a search: what comes next tells. */
  #pending: FailedExec[] = [];

  /** @param failed told of each that failed, in order, once it is known to be none of a search */
  constructor(failed: (failed: FailedExec) => void) {
    this.#failed = failed;
  }

  /** Whether one failed that what comes next may belong to. */
  get isOpen(): boolean {
    return this.#pending.length > 0;
  }

  /**
   * Takes every event of the task, in order.
   *
   * @param isKept whether the facts are held on to anyway
   */
  take(facts: AuditFacts, isKept: boolean): void {
    const name = isExec(facts.syscallName) ? facts.paths[0]?.name : undefined;
    if (!this.#goesOn(name)) this.end();
    if (!isExec(facts.syscallName)) return;
    if (facts.success === true) {
      const wasTried = this.#pending.some((tried) => tried.name === name);
      if (wasTried || facts.argv?.[0] === name) this.end();
      this.#pending = [];
    } else if (facts.success === false) {
      this.#pending.push({ errno: facts.errno, name, facts: isKept ? facts : undefined });
      if (!GOES_ON.has(facts.errno) || this.#pending.length > MOST) this.end();
    }
  }

  /** Nothing more comes: what is open has failed. */
  end(): void {
    const failed = this.#pending;
    this.#pending = [];
    for (const one of failed) this.#failed(one);
  }

  #goesOn(name: string | undefined): boolean {
    const before = this.#pending.at(-1)?.name;
    return before !== undefined && name !== undefined && programOf(name) === programOf(before);
  }
}

/** The name without directory. */
function programOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

export function isExec(name: string | undefined): boolean {
  return name === "execve" || name === "execveat";
}
