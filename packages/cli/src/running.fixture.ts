import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { installed } from "@task-watchers/kernel-test";
import { type AnyLine, parseLine } from "@task-watchers/trace";

/** Our command as a user would have it installed. */
export function installedMain(): string {
  return join(installed("cli"), "node_modules/task-watchers/dist/main.js");
}

const started = new Set<ChildProcess>();

/** Ends what a test that failed has left; for `afterEach`. */
export function endAll(): void {
  for (const child of started) child.kill("SIGKILL");
  started.clear();
}

/** A command of ours under way. */
export class Running {
  readonly child: ChildProcess;
  stdout = "";
  stderr = "";

  constructor(command: readonly string[], cwd: string) {
    const [file = "", ...args] = command;
    const env = { ...process.env, NO_COLOR: "1", TERM: "xterm" };
    this.child = spawn(file, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    started.add(this.child);
    this.child.once("exit", () => started.delete(this.child));
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => (this.stdout += text));
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
  }

  /** Until its output shows something. */
  async shows(what: RegExp): Promise<void> {
    while (!what.test(this.stdout + this.stderr)) {
      if (this.child.exitCode !== null) throw new Error(`it ended: ${this.stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async ended(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null)
      await once(this.child, "close");
    return this.child.exitCode;
  }

  async stop(): Promise<number | null> {
    this.child.kill("SIGINT");
    return await this.ended();
  }

  lines(): AnyLine[] {
    return linesOf(this.stdout);
  }
}

/** The lines of a trace. */
export function linesOf(text: string): AnyLine[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => parseLine(line) ?? { type: "malformed" });
}
