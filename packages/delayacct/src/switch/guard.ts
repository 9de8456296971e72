import { type ChildProcess, spawn } from "node:child_process";
import { Socket } from "node:net";
import { createInterface } from "node:readline";
import { SWITCH_FILE } from "./sysctl.ts";
import { SwitchUnavailableError } from "./unavailable.ts";

/** Whoever needs the switch on holds this file locked (shared); in it stands the value to go back to, if any. */
export const LOCK_FILE = "/run/task-watchers-delayacct.lock";

/**
 * Switches on and stays until its input ends, as it does when we are killed; then the last one switches back. $1 is the
 * switch, $2 the lock file. flock(2) gives the old lock up before it tries for the new, in one step: of several that end at
 * once, all but the last fail to get it exclusively.
 */
const SCRIPT = `
exec 3<&-
trap '' HUP INT QUIT TERM PIPE
umask 077
command -v flock >/dev/null || { echo no-flock; exit 1; }
(: >>"$2") 2>/dev/null || { echo no-lock; exit 1; }
exec 9>>"$2"
# Alone: what stands there was left by one that was killed, and nobody knows who set the switch since.
flock -n -x 9 && : >"$2"
flock -s 9
read -r now <"$1"
if [ "$now" = 0 ]; then
  echo 0 >"$2"
  (echo 1 >"$1") 2>/dev/null || { echo refused; exit 1; }
  echo changed
else
  echo unchanged
fi
while read -r _; do :; done
flock -n -x 9 || { echo still-held; exit 0; }
before= now=
read -r before <"$2"
read -r now <"$1"
end=left-alone
[ "$before" = 0 ] && [ "$now" = 1 ] && echo 0 >"$1" && end=restored
: >"$2"
echo $end
`;

/** What the shell is started with: short, as everybody sees it in a list of processes. A part of SCRIPT never comes alone. */
const READ_SCRIPT = 'eval "$(cat <&3)"';

/** What a guard says. */
const FAILURES: Readonly<Record<string, readonly [code: string, reason: string, remedy: string]>> =
  {
    "no-flock": ["ENOENT", "there is no flock command", "install util-linux"],
    "no-lock": ["EACCES", `${LOCK_FILE} cannot be opened`, "run as root"],
    refused: ["EPERM", `${SWITCH_FILE} could not be written`, "run as root on the host"],
  };

/** The process that switches back, whatever becomes of us. */
export class Guard {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string> | undefined;

  constructor() {
    // A session of its own, so that a terminal's Ctrl-C does not reach it.
    this.#child = spawn(
      "/bin/sh",
      ["-c", READ_SCRIPT, "task-watchers-delayacct", SWITCH_FILE, LOCK_FILE],
      {
        argv0: "task-watchers-delayacct-guard",
        cwd: "/",
        detached: true,
        env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
        stdio: ["pipe", "pipe", "ignore", "pipe"],
      },
    );
    // Told by the end of its output, too.
    this.#child.on("error", () => {});
    this.#child.stdin?.on("error", () => {});
    const script = this.#child.stdio[3];
    if (script instanceof Socket) script.on("error", () => {}).end(SCRIPT);
    const input = this.#child.stdout;
    if (input !== null) this.#lines = createInterface({ input })[Symbol.asyncIterator]();
  }

  /** Whether it had to switch on. @throws SwitchUnavailableError */
  async start(): Promise<boolean> {
    const line = await this.#line();
    if (line === "changed" || line === "unchanged") {
      this.#unref();
      return line === "changed";
    }
    const [code, reason, remedy] = FAILURES[line ?? ""] ?? [
      "EIO",
      "the process that would switch back ended at once",
      "make sure that /bin/sh and flock work",
    ];
    throw new SwitchUnavailableError(code, reason, remedy);
  }

  /** Lets it end, and says what it did; undefined when it had been killed. */
  async end(): Promise<string | undefined> {
    this.#ref();
    this.#child.stdin?.end();
    return await this.#line();
  }

  async #line(): Promise<string | undefined> {
    const next = await this.#lines?.next();
    return next?.done === true ? undefined : next?.value;
  }

  #ref(): void {
    this.#child.ref();
    for (const stream of [this.#child.stdin, this.#child.stdout]) {
      if (stream instanceof Socket) stream.ref();
    }
  }

  #unref(): void {
    this.#child.unref();
    for (const stream of [this.#child.stdin, this.#child.stdout]) {
      if (stream instanceof Socket) stream.unref();
    }
  }
}
