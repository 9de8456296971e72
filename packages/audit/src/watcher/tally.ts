import type { SummaryTable } from "@task-watchers/chain";
import type { EventBrief } from "./event-brief.ts";
import { type FailedExec, isExec } from "./exec-search.ts";

/** Rows of a table. */
const SHOWN = 10;
/** Programs told apart, and characters of all their names; what comes beyond is one row. */
const PROGRAMS = 1024;
const NAME_CHARACTERS = 1024 * 1024;
const OTHERS = "(others)";

/** What was run, as the kernel's records have it, added up. */
export class Tally {
  readonly #runs = new Counts();
  readonly #failures = new Counts();

  add({ syscallName, success, exe }: EventBrief): void {
    if (success === true && isExec(syscallName)) this.#runs.add(exe ?? "?");
  }

  /** What was tried; `exe` is who tried it. */
  failed({ errno, name }: FailedExec): void {
    this.#failures.add(`${errno ?? "?"}\0${name ?? "?"}`);
  }

  tables(notes: readonly string[]): SummaryTable[] {
    const runs: SummaryTable = {
      title: "audit: what was run",
      columns: [
        { name: "times", align: "right" },
        { name: "program", align: "left" },
      ],
      rows: this.#runs.top().map(([program, times]) => [String(times), program]),
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
      rows: this.#failures.top().map(([key, times]) => {
        const [error = "", program = ""] = key.split("\0");
        return [String(times), error, program];
      }),
      notes: [],
    };
    return [failed, runs];
  }
}

class Counts {
  readonly #counts = new Map<string, number>();
  #characters = 0;

  get size(): number {
    return this.#counts.size;
  }

  add(name: string): void {
    const known = this.#counts.get(name);
    if (known !== undefined) this.#counts.set(name, known + 1);
    else if (this.size < PROGRAMS && this.#characters + name.length <= NAME_CHARACTERS) {
      this.#characters += name.length;
      this.#counts.set(name, 1);
    } else this.#counts.set(OTHERS, (this.#counts.get(OTHERS) ?? 0) + 1);
  }

  top(): Array<[string, number]> {
    return [...this.#counts].sort(([, a], [, b]) => b - a).slice(0, SHOWN);
  }
}
