import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { kill } from "node:process";

/** How long a screen may take to show something, milliseconds: the machine may have a lot else to do. */
const PATIENCE_MS = 50_000;

/** A terminal of its own, with a server of its own. */
export class Tmux {
  readonly #socket = `task-watchers-${process.pid}-${randomBytes(4).toString("hex")}`;

  /**
   * @param command for a shell; when it has ended the screen stays
   * @param env set for it
   */
  constructor(
    [columns, rows]: readonly [number, number],
    command: string,
    env: Readonly<Record<string, string>> = {},
  ) {
    const size = ["-x", String(columns), "-y", String(rows)];
    // Jobs have groups of their own, as in an interactive shell: Ctrl-C is not for the shell.
    const script = `set -m\n${command}\necho "[over]"; exec cat`;
    const sets = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const unset = ["-u", "NO_COLOR", "-u", "FORCE_COLOR"];
    const shell = ["env", ...unset, this.#mark, ...sets, "sh", "-c", script];
    this.#run("-f", "/dev/null", "new-session", "-d", "-s", "s", ...size, ...shell);
  }

  /** What is on the screen, without blanks at the end of lines. */
  screen(): string {
    return this.#run("capture-pane", "-p", "-t", "s");
  }

  /** The same with what scrolled away. */
  history(): string {
    return this.#run("capture-pane", "-p", "-S", "-", "-t", "s");
  }

  /** Keys by tmux's names, each by itself. */
  keys(...keys: readonly string[]): void {
    for (const key of keys) this.#run("send-keys", "-t", "s", key);
  }

  text(text: string): void {
    this.#run("send-keys", "-l", "-t", "s", text);
  }

  resize(columns: number, rows: number): void {
    this.#run("resize-window", "-t", "s", "-x", String(columns), "-y", String(rows));
  }

  /** `"0 1"`: whether a full screen is on, and whether the cursor can be seen. */
  modes(): string {
    return this.#run("display-message", "-p", "-t", "s", "#{alternate_on} #{cursor_flag}").trim();
  }

  /** Waits until the screen shows it; the screen then. */
  async shows(what: RegExp): Promise<string> {
    return await this.#until(() => this.screen(), what);
  }

  /** Waits until the command has ended; all it left. */
  async over(): Promise<string> {
    return await this.#until(() => this.history(), /^\[over\]/mu);
  }

  /** Ends all that was started in it: what a shell has in the background outlives Ctrl-C and the terminal. */
  close(): void {
    try {
      this.#run("kill-server");
    } catch {
      // It has gone with its last session.
    }
    for (const name of readdirSync("/proc")) if (/^\d+$/u.test(name)) this.#end(Number(name));
  }

  #end(pid: number): void {
    try {
      if (readFileSync(`/proc/${pid}/environ`, "latin1").includes(this.#mark)) kill(pid, "SIGKILL");
    } catch {
      // It has ended, or is another user's.
    }
  }

  /** In the environment of all that is started here. */
  get #mark(): string {
    return `TASK_WATCHERS_TEST_TERMINAL=${this.#socket}`;
  }

  async #until(look: () => string, what: RegExp): Promise<string> {
    const until = performance.now() + PATIENCE_MS;
    for (;;) {
      const text = look();
      if (what.test(text)) return text;
      if (performance.now() > until) throw new Error(`the screen never showed ${what}:\n${text}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  #run(...args: readonly string[]): string {
    return execFileSync("tmux", ["-L", this.#socket, ...args], { encoding: "utf8" });
  }
}
