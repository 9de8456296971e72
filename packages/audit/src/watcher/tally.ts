import type { SummaryTable } from "@task-watchers/chain";
import type { AuditFacts } from "../facts/audit-facts.ts";
import { isExec } from "./audit-context.ts";

/** Rows of a table. */
const SHOWN = 10;
/** Programs told apart; what comes beyond is one row. */
const PROGRAMS = 4096;
const OTHERS = "(others)";

/** What was run, as the kernel's records have it, added up. */
export class Tally {
  readonly #runs = new Map<string, number>();
  readonly #failures = new Map<string, number>();
  #changes = 0;

  add({ syscallName, success, exe }: AuditFacts): void {
    if (success !== true || syscallName === undefined) return;
    if (isExec(syscallName)) count(this.#runs, exe ?? "?");
    else if (CHANGES.test(syscallName)) this.#changes++;
  }

  /** Execs of a task that failed. */
  failed(execs: readonly AuditFacts[]): void {
    // `exe` is who tried it.
    for (const { errno, paths } of execs) {
      count(this.#failures, `${errno ?? "?"}\0${paths[0]?.name ?? "?"}`);
    }
  }

  /** Calls that changed a user or group id. */
  get changes(): number {
    return this.#changes;
  }

  tables(notes: readonly string[]): SummaryTable[] {
    const runs: SummaryTable = {
      title: "audit: what was run",
      columns: [
        { name: "times", align: "right" },
        { name: "program", align: "left" },
      ],
      rows: top(this.#runs).map(([program, times]) => [String(times), program]),
      notes,
    };
    if (this.#failures.size === 0) return [runs];
    const failed: SummaryTable = {
      title: "audit: execs that failed",
      columns: [
        { name: "times", align: "right" },
        { name: "error", align: "left" },
        { name: "program", align: "left" },
      ],
      rows: top(this.#failures).map(([key, times]) => {
        const [error = "", program = ""] = key.split("\0");
        return [String(times), error, program];
      }),
      notes: [],
    };
    return [failed, runs];
  }
}

const CHANGES = /^set(?:res|re|fs)?[ug]id(?:32)?$|^setgroups(?:32)?$/u;

function count(counts: Map<string, number>, key: string): void {
  const known = counts.has(key) || counts.size < PROGRAMS ? key : OTHERS;
  counts.set(known, (counts.get(known) ?? 0) + 1);
}

function top(counts: ReadonlyMap<string, number>): Array<[string, number]> {
  return [...counts].sort(([, a], [, b]) => b - a).slice(0, SHOWN);
}
