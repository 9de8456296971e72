import type { TaskTree } from "../report/task-tree.ts";
import { standardError } from "../standard-error.ts";

/** How often it is told, milliseconds. */
const INTERVAL_MS = 1000;
// xterm's window operations 22 and 23 (push and pop the title), and OSC 2 (set it).
const PUSH_TITLE = "\u001b[22;2t";
const POP_TITLE = "\u001b[23;2t";

/**
 * How far a run has come, in the terminal's title: the screen itself is the command's. Nothing where standard error is no
 * terminal, or one that is dumb.
 */
export class Progress {
  readonly #tree: TaskTree;
  #timer: NodeJS.Timeout | undefined;
  #shown = false;

  constructor(tree: TaskTree, env: NodeJS.ProcessEnv) {
    this.#tree = tree;
    const term = env["TERM"] ?? "dumb";
    if (!standardError.isTTY || term === "dumb" || term === "linux") return;
    this.#timer = setInterval(() => this.#show(), INTERVAL_MS);
    this.#timer.unref();
  }

  /** Puts the title back. */
  close(): void {
    clearInterval(this.#timer);
    if (this.#shown) standardError.write(POP_TITLE);
    this.#shown = false;
  }

  #show(): void {
    const { seen, alive, failed } = this.#tree;
    if (!this.#shown) standardError.write(PUSH_TITLE);
    this.#shown = true;
    standardError.write(`\u001b]2;${alive} running, ${seen} tasks, ${failed} failed\u0007`);
  }
}
