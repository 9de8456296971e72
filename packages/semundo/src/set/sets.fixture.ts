import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { installed, type Need } from "@task-watchers/kernel-test";
import { readSemaphoreTable } from "@task-watchers/linux";
import { openSemaphores } from "./open-semaphores.ts";
import type { SemaphoreSet, SemaphoresOptions } from "./types.ts";

const ours: number[] = [];

/** The interpreter, whose semget, semctl and semop know nothing of us. */
export const perl: Need = {
  name: "perl",
  isMet: () => spawnSync("perl", ["-e", "0"]).status === 0,
};

/** A key that no other run uses at the same time. */
export function freshKey(): number {
  return 0x7700_0000 + Math.trunc(Math.random() * 0xff_ffff);
}

/** Opens a set of our own for a body, and removes it however the body ends. */
export async function withSet<T>(
  options: Partial<SemaphoresOptions>,
  body: (set: SemaphoreSet) => Promise<T> | T,
): Promise<T> {
  const isPrivate = options.key === undefined ? { private: true as const } : { create: true };
  const set = await openSemaphores({ count: 1, ...isPrivate, ...options });
  ours.push(set.id);
  try {
    return await body(set);
  } finally {
    if (readSemaphoreTable().some(({ id }) => id === set.id)) set.remove();
    await set.close();
  }
}

/** Sets that `withSet` has made and that are still there. */
export function leftBehind(): number[] {
  return readSemaphoreTable()
    .map(({ id }) => id)
    .filter((id) => ours.includes(id));
}

/** Until something is so; fails with its name after ten seconds. */
export async function until(name: string, isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 2000; i += 1) {
    if (isSo()) return;
    await sleep(5);
  }
  throw new Error(`Not within 10 s: ${name}`);
}

/** A peer in another language, for the time of a body; killed at its end. */
export async function withPeer<T>(
  [command = "", ...args]: readonly string[],
  body: (peer: Peer) => Promise<T>,
): Promise<T> {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "exit");
  try {
    return await body(new Peer(child, exited));
  } finally {
    child.kill("SIGKILL");
    await exited;
  }
}

/** A process that says a line and waits for one. */
export class Peer {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  #said = "";

  constructor(child: ChildProcess, exited: Promise<unknown>) {
    this.#child = child;
    this.#exited = exited;
    child.stdout?.on("data", (data: Buffer) => {
      this.#said += data.toString();
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async says(text: string): Promise<void> {
    await until(`peer says ${text}, said ${this.#said}`, () => this.#said.includes(text));
  }

  tell(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  /** Ends it, by a signal or by the end of its input. */
  async end(signal?: NodeJS.Signals): Promise<void> {
    if (signal === undefined) this.#child.stdin?.end();
    else this.#child.kill(signal);
    await this.#exited;
  }
}

/** Perl with operations of ours in it: `op(n, flags)` on semaphore 0 of the set given, `say`, `wait_line`. */
export function perlPeer(id: number, body: string): string[] {
  const prelude = `
    use strict; $| = 1;
    my $id = ${id}; my $UNDO = 0x1000; my $NOWAIT = 0x800;
    sub op { semop($id, pack("s!3", 0, $_[0], $_[1] || 0)) or die "semop: $!\\n" }
    sub get { my $v = semctl($id, 0, 12, 0); $v + 0 }
    sub say { print "$_[0]\\n" }
    sub wait_line { my $line = <STDIN> }
  `;
  return ["perl", "-e", prelude + body];
}

const PROGRAM_PRELUDE = `
  import { openSemaphores } from "@task-watchers/semundo/set";
  import { readSemaphoreTable } from "@task-watchers/linux";
  import { readdirSync } from "node:fs";
  import { setTimeout as sleep } from "node:timers/promises";
  const code = (promise) => promise.then(() => "made", (error) => error.code);
  const take = (n = 1) => [{ semaphore: 0, change: -n }];
  const threads = () => readdirSync("/proc/self/task").length;
`;

/**
 * Runs a program with the package as users have it, compiled, in an IPC namespace of its own: whatever becomes of it, no set
 * stays on the host. Needs root.
 *
 * @param body the inside of an async function; returns something JSON can carry
 */
export function inNamespace(body: string): unknown {
  const program = `${PROGRAM_PRELUDE}
    const result = await (async () => { ${body} })();
    process.stdout.write(JSON.stringify({ result, left: readSemaphoreTable().length }));`;
  const [command = "", ...args] = ["unshare", "--ipc", ...nodeCommand(program)];
  const options = { cwd: installed("semundo"), encoding: "utf8", timeout: 110_000 } as const;
  const { status, signal, stdout, stderr } = spawnSync(command, args, options);
  if (status !== 0) throw new Error(`ended with ${status ?? signal}: ${stderr}\n${stdout}`);
  const { result, left } = JSON.parse(stdout) as { result: unknown; left: number };
  if (left !== 0) throw new Error(`left ${left} sets behind`);
  return result;
}

/** The end of a program that is not expected to say anything: its exit code or signal, and what it printed. */
export function endInNamespace(body: string): string {
  const [command = "", ...args] = ["unshare", "--ipc", ...nodeCommand(PROGRAM_PRELUDE + body)];
  const options = { cwd: installed("semundo"), encoding: "utf8", timeout: 110_000 } as const;
  const { status, signal, stdout } = spawnSync(command, args, options);
  return `${status ?? signal}: ${stdout}`;
}

/** The command that runs a program with the package as users have it; in the host's own namespace. */
export function installedPeer(body: string): string[] {
  const [node = "", ...args] = nodeCommand(PROGRAM_PRELUDE + body);
  return ["sh", "-c", `cd '${installed("semundo")}' && exec "$@"`, "sh", node, ...args];
}

function nodeCommand(program: string): string[] {
  return [process.execPath, "--input-type=module", "-e", program];
}
