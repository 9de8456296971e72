import type { TraceLine } from "@task-watchers/chain";

/** What an `audit` line of the trace says of an exec that succeeded. */
export interface AuditedExec {
  /** Stable id of the task. */
  readonly task: string;
  readonly argv: readonly string[];
  readonly cwd?: string;
}

/** The exec that a line tells of, with all its arguments; undefined for any other line. */
export function auditedExec(line: TraceLine): AuditedExec | undefined {
  const { type, task, success, argv, cwd, syscallName } = line;
  const isExec = syscallName === "execve" || syscallName === "execveat";
  if (type !== "audit" || !isExec || success !== true || typeof task !== "string") return undefined;
  // An argument that was lost is no text.
  if (!Array.isArray(argv) || !argv.every((word) => typeof word === "string")) return undefined;
  return { task, argv, ...(typeof cwd === "string" && { cwd }) };
}
