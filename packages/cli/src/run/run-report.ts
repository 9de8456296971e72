import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { printable } from "../report/terminal-text.ts";
import { standardError } from "../standard-error.ts";
import { UsageError } from "../usage-error.ts";
import type { RunArguments } from "./run-arguments.ts";

/** The HTML report of a run: made from its trace, one of its own where none was asked for. */
export class RunReport {
  readonly #file: string;
  readonly #quiet: boolean;
  readonly #trace: string;
  readonly #directory: string | undefined;

  private constructor(file: string, trace: string | undefined, quiet: boolean) {
    this.#file = file;
    this.#quiet = quiet;
    if (trace === undefined) this.#directory = mkdtempSync(join(tmpdir(), "task-watchers-report-"));
    this.#trace = trace ?? join(this.#directory ?? "", "trace.jsonl");
  }

  /**
   * Before the command is started.
   *
   * @throws UsageError when its trace could not be read again, Error when the file cannot be written
   */
  static async open(file: string, { json, quiet }: RunArguments): Promise<RunReport> {
    const isFile = json === undefined || (json !== "-" && isRegular(json));
    if (!isFile) throw new UsageError("--report reads the trace again: --json must be a file then");
    const { checkTarget } = await import("../pictures/write-report.ts");
    checkTarget(file);
    return new RunReport(file, json, quiet);
  }

  /** Where the run has to write its trace. */
  get trace(): string {
    return this.#trace;
  }

  /** The command has ended; what goes wrong now is told and changes nothing of its exit status. */
  async write(): Promise<void> {
    const { writeReport } = await import("../pictures/write-report.ts");
    try {
      await writeReport(this.#trace, this.#file, { quiet: this.#quiet });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      standardError.write(`task-watchers: no report: ${printable(message)}\n`);
    }
  }

  /** Removes the trace if nobody asked for it. */
  close(): void {
    if (this.#directory !== undefined) rmSync(this.#directory, { recursive: true, force: true });
  }
}

function isRegular(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? true;
}
