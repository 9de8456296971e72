import { readFileSync } from "node:fs";

/** One line of /proc/sysvipc/sem: a set of this IPC namespace. */
export interface SemaphoreTableRow {
  /** Signed. */
  readonly key: number;
  readonly id: number;
  /** Permission bits. */
  readonly mode: number;
  /** Semaphores in the set. */
  readonly count: number;
  readonly uid: number;
  readonly gid: number;
  readonly creatorUid: number;
  readonly creatorGid: number;
  /** Seconds since 1970 of the last operation; 0 when there was none. */
  readonly operatedAt: number;
  /** Seconds since 1970. */
  readonly changedAt: number;
}

const COLUMNS = 10;

/** Every set of this IPC namespace; any user may read it. @throws Error `ENOENT` on a kernel without semaphores */
export function readSemaphoreTable(): SemaphoreTableRow[] {
  return parseSemaphoreTable(readFileSync("/proc/sysvipc/sem", "latin1"));
}

/** Reads the text of /proc/sysvipc/sem. @throws RangeError when a line is not of its form */
export function parseSemaphoreTable(text: string): SemaphoreTableRow[] {
  const lines = text.split("\n").slice(1);
  return lines.filter((line) => line.trim() !== "").map(parseRow);
}

function parseRow(line: string): SemaphoreTableRow {
  const words = line.trim().split(/\s+/u);
  const whole = words.length >= COLUMNS && words.every((word) => /^-?\d+$/u.test(word));
  if (!whole) throw new RangeError(`Not a line of /proc/sysvipc/sem: ${JSON.stringify(line)}`);
  const number = (column: number): number => Number(words[column]);
  return {
    key: number(0),
    id: number(1),
    // The one column in octal.
    mode: Number.parseInt(words[2] ?? "", 8) & 0o777,
    count: number(3),
    uid: number(4),
    gid: number(5),
    creatorUid: number(6),
    creatorGid: number(7),
    operatedAt: number(8),
    changedAt: number(9),
  };
}
