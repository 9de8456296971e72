import { Tally } from "./tally.ts";

/** A command's samples. */
export interface CommandTotal {
  readonly command: string;
  readonly tally: Tally;
  /** Tasks that had any. */
  tasks: number;
}

/** Commands told apart; what comes after them is put together. */
const MOST_COMMANDS = 2000;
/** Name of what is put together. */
const OTHERS = "(others)";

/** Samples by command. */
export class CommandTotals {
  readonly #totals = new Map<string, CommandTotal>();

  of(command: string): CommandTotal {
    const known = this.#totals.get(command);
    if (known !== undefined) return known;
    if (this.#totals.size >= MOST_COMMANDS && command !== OTHERS) return this.of(OTHERS);
    const total = { command, tally: new Tally(), tasks: 0 };
    this.#totals.set(command, total);
    return total;
  }

  /** The most CPU time first. */
  sorted(): readonly CommandTotal[] {
    return [...this.#totals.values()].sort((a, b) => b.tally.cpuNs - a.tally.cpuNs);
  }
}
