import type { ExecEvent, ExecSource } from "@task-watchers/chain";

/** The execs that were raised and not taken back, and where their arguments came from. */
export interface ExecCounters {
  readonly total: number;
  /** Execs whose arguments are known, by where from. */
  readonly bySource: Readonly<Partial<Record<ExecSource, number>>>;
  /** Execs whose arguments are not, by reason. */
  readonly missed: Readonly<Record<string, number>>;
}

/** Counts execs. */
export class ExecCounts {
  #total = 0;
  readonly #bySource: Partial<Record<ExecSource, number>> = {};
  readonly #missed: Record<string, number> = {};

  /** @param by 1 for one that is raised, -1 for one that is taken back */
  count({ argv, source }: ExecEvent, by: 1 | -1): void {
    this.#total += by;
    if ("missing" in argv) add(this.#missed, argv.missing, by);
    else add(this.#bySource, source ?? "proc", by);
  }

  counters(): ExecCounters {
    return {
      total: this.#total,
      bySource: { ...this.#bySource },
      missed: { ...this.#missed },
    };
  }
}

function add<K extends string>(counts: Partial<Record<K, number>>, key: K, by: number): void {
  const sum = (counts[key] ?? 0) + by;
  if (sum === 0) delete counts[key];
  else counts[key] = sum;
}
