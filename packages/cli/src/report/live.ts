import type { ExecFailedNotice } from "@task-watchers/chain";
import { describeEnd, formatDuration } from "./format.ts";
import type { Style } from "./style.ts";
import { hasFailed, type TaskNode } from "./task-tree.ts";
import { fit } from "./terminal-text.ts";

/** How long lines are gathered, milliseconds. */
const FLUSH_MS = 20;

/**
 * Prints each task as it begins to run a program and as it ends, indented below its parent. Not at once: a write can take
 * milliseconds, and meanwhile the next program's arguments would be gone.
 */
export class Live {
  readonly #print: (line: string) => void;
  readonly #style: Style;
  readonly #columns: number;
  readonly #beginNs: bigint;
  #lines: string[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** @param print prints one or more whole lines */
  constructor(print: (line: string) => void, style: Style, columns: number, beginNs: bigint) {
    this.#print = print;
    this.#style = style;
    this.#columns = columns;
    this.#beginNs = beginNs;
  }

  exec(node: TaskNode, timeNs: bigint): void {
    this.#line(node, timeNs, "+", node.command, this.#style.green);
  }

  /** An exec that was shown did not happen, or one was refused. */
  execFailed(node: TaskNode, { timeNs }: ExecFailedNotice): void {
    this.#line(node, timeNs, "!", `exec of ${node.failedExec ?? "?"}`, this.#style.red);
  }

  exit(node: TaskNode): void {
    const { end } = node;
    if (end === undefined) return;
    const after = end.durationNs === undefined ? "" : ` after ${formatDuration(end.durationNs)}`;
    const text = `${describeEnd(end)}${after}  ${node.command}`;
    this.#line(node, end.timeNs, "-", text, hasFailed(end) ? this.#style.red : this.#style.dim);
  }

  /** A line of another kind, in its place among the others. */
  note(line: string): void {
    this.#lines.push(line);
    this.#timer ??= setTimeout(() => this.flush(), FLUSH_MS);
  }

  /** Prints what was gathered. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#lines.length > 0) this.#print(this.#lines.join("\n"));
    this.#lines = [];
  }

  #line(
    node: TaskNode,
    timeNs: bigint,
    mark: string,
    text: string,
    style: (text: string) => string,
  ): void {
    const since = timeNs > this.#beginNs ? timeNs - this.#beginNs : 0n;
    const seconds = (Number(since) / 1e9).toFixed(3);
    const indent = "  ".repeat(Math.min(node.depth, 20));
    const head = `${seconds.padStart(9)} ${String(node.pid).padStart(7)} ${indent}${mark} `;
    this.note(style(head + fit(text, Math.max(20, this.#columns - head.length))));
  }
}
