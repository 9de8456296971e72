import { decodeText } from "@task-watchers/linux/text";
import { isUnavailable, type ProcReader, type Unavailable } from "@task-watchers/linux/procfs";
import type { ExecAbi, ExecCalls } from "../filter.ts";
import { readCgroup } from "./cgroup-file.ts";
import { type EnvironmentChanges, environmentChanges } from "./environment.ts";
import { type ExecTask, readTask } from "./exec-task.ts";
import { readLink, readProcFile } from "./proc-files.ts";
import { PAGE, TaskPages } from "./task-pages.ts";
import { readString, readStrings, type StringLimits, type Strings } from "./task-strings.ts";

// include/uapi/linux/fcntl.h
const AT_FDCWD = -100;
const AT_EMPTY_PATH = 0x1000;

/** The numbers of a call, as the kernel gave them. */
export interface RawCall {
  readonly pid: number;
  readonly calls: ExecCalls;
  readonly isExecveat: boolean;
  readonly timeNs: bigint;
  /** Six arguments as addresses. */
  readonly args: readonly number[];
  /** Of execveat(2): the first and the last argument, which are no addresses. */
  readonly directory: number;
  readonly flags: number;
}

/** What a call needs to know of its surroundings. */
export interface CallContext {
  readonly proc: ProcReader;
  readonly limits: StringLimits;
  /** Whether it has been answered. */
  readonly isAnswered: () => boolean;
  /** Whether the task still stands still for this call; what was read before is its own then. */
  readonly isPending: () => boolean;
  /** Told of each fact that could not be had, once. */
  readonly onMissing: (fact: string, reason: string) => void;
}

/**
 * One execve(2) or execveat(2), while the task stands still in it. `path` and `argv` have been read; the other facts are read
 * when they are asked for, and kept. Asked for the first time after the answer, they are `{ missing: "answered" }`.
 *
 * Text is as `decodeText` of @task-watchers/linux gives it: a byte that is no UTF-8 is a lone surrogate. Never print it raw.
 */
export class ExecCall {
  /** The thread's id; its process is `task.tgid`. 0 when it is in no pid namespace of ours. */
  readonly pid: number;
  /** CLOCK_MONOTONIC when we were told, nanoseconds. */
  readonly timeNs: bigint;
  readonly abi: ExecAbi;
  readonly syscall: "execve" | "execveat";
  /** The program as the call names it; see `file` for where that is. `EFAULT`: the kernel will refuse the pointer, too. */
  readonly path: string | Unavailable;
  /** Arguments, the program's name first. `E2BIG`, `EFAULT`: the kernel will refuse them, too; `EPERM`: we may not look. */
  readonly argv: readonly string[] | Unavailable;
  /** Bytes of argv that were cut off; 0 when none. */
  readonly argvTruncatedBytes: number;
  readonly #raw: RawCall;
  readonly #context: CallContext;
  readonly #facts = new Map<string, unknown>();
  readonly #missing: Record<string, string> = {};

  constructor(raw: RawCall, context: CallContext) {
    this.#raw = raw;
    this.#context = context;
    this.pid = raw.pid;
    this.timeNs = raw.timeNs;
    this.abi = raw.calls.abi;
    this.syscall = raw.isExecveat ? "execveat" : "execve";
    const pages = new TaskPages(raw.pid);
    const [pathAt = 0, argvAt = 0] = raw.isExecveat ? raw.args.slice(1) : raw.args;
    // Both in one call.
    pages.fetch([Math.floor(pathAt / PAGE), Math.floor(argvAt / PAGE)]);
    const path = readString(pages, pathAt);
    const argv = readStrings(pages, argvAt, raw.calls.pointerSize, context.limits);
    const vanished = !context.isPending();
    this.path = this.#had(
      "path",
      vanished ? VANISHED : "missing" in path ? path : decodeText(path),
    );
    const strings = this.#had<Strings>("argv", vanished ? VANISHED : argv);
    this.argv = isUnavailable(strings) ? strings : strings.strings;
    this.argvTruncatedBytes = isUnavailable(strings) ? 0 : strings.truncatedBytes;
  }

  /** Every fact that could not be had so far, and why. */
  get missing(): Readonly<Record<string, string>> {
    return this.#missing;
  }

  get task(): ExecTask | Unavailable {
    return this.#fact("task", () => readTask(this.#context.proc, this.pid));
  }

  /** Working directory. */
  get cwd(): string | Unavailable {
    return this.#fact("cwd", () => this.#context.proc.cwd(this.pid));
  }

  /** Path of the program that makes the call. */
  get exe(): string | Unavailable {
    return this.#fact("exe", () => this.#context.proc.exe(this.pid));
  }

  /** Control group path in the unified hierarchy. */
  get cgroup(): string | Unavailable {
    return this.#fact("cgroup", () => readCgroup(this.#context.proc, this.pid));
  }

  /** `path` made absolute by the working directory, or by execveat's descriptor. Symbolic links and `..` are left as they are. */
  get file(): string | Unavailable {
    // No look at the task is needed.
    if (typeof this.path === "string" && this.path.startsWith("/")) return this.path;
    return this.#fact("file", () => this.#readFile());
  }

  /** The environment for the new program, `NAME=value` each. */
  environment(): readonly string[] | Unavailable {
    const strings = this.#fact<Strings>("environment", () => this.#readEnvironment());
    return isUnavailable(strings) ? strings : strings.strings;
  }

  /** How `environment()` differs from what the calling program was started with, a forked one's parent included. */
  environmentChanges(): EnvironmentChanges | Unavailable {
    return this.#fact("environmentChanges", () => {
      const after = this.environment();
      if (isUnavailable(after)) return after;
      const before = readProcFile(`${this.pid}/environ`);
      return isUnavailable(before) ? before : environmentChanges(before, after);
    });
  }

  #readEnvironment(): Strings | Unavailable {
    const address = this.#raw.args[this.#raw.isExecveat ? 3 : 2] ?? 0;
    const { pointerSize } = this.#raw.calls;
    return readStrings(new TaskPages(this.pid), address, pointerSize, this.#context.limits);
  }

  #readFile(): string | Unavailable {
    const { path, pid } = this;
    if (typeof path !== "string") return path;
    const { isExecveat, directory, flags } = this.#raw;
    const descriptor = isExecveat ? directory : AT_FDCWD;
    if (path === "" && !(isExecveat && (flags & AT_EMPTY_PATH) !== 0)) return { missing: "ENOENT" };
    const from = descriptor === AT_FDCWD ? this.cwd : readLink(`${pid}/fd/${descriptor}`);
    if (isUnavailable(from) || path === "") return from;
    const below = path.replace(/^(?:\.\/+)+/u, "");
    return from.endsWith("/") ? from + below : `${from}/${below}`;
  }

  #fact<T extends object | string>(name: string, read: () => T | Unavailable): T | Unavailable {
    if (this.#facts.has(name)) return this.#facts.get(name) as T | Unavailable;
    let fact: T | Unavailable = this.#context.isAnswered() ? ANSWERED : read();
    if (fact !== ANSWERED && !this.#context.isPending()) fact = VANISHED;
    this.#facts.set(name, fact);
    return this.#had(name, fact);
  }

  #had<T extends object | string>(name: string, fact: T | Unavailable): T | Unavailable {
    if (!isUnavailable(fact)) return fact;
    this.#missing[name] = fact.missing;
    this.#context.onMissing(name, fact.missing);
    return fact;
  }
}

/** The task has gone away meanwhile, killed or taken out of the call by a signal. */
const VANISHED: Unavailable = { missing: "vanished" };
const ANSWERED: Unavailable = { missing: "answered" };
