import type { ExecEvent, ExecFailedNotice, ExitEvent, Task } from "@task-watchers/chain";
import type { AuditedExec } from "./audited-exec.ts";
import { RecentPrograms } from "./recent-programs.ts";
import { commandLine, fit, printable, shellWord } from "./terminal-text.ts";

/** One task as the report shows it. All text is fit for a terminal. */
export interface TaskNode {
  readonly pid: number;
  readonly depth: number;
  readonly startNs: bigint;
  readonly children: TaskNode[];
  /** What it ran last; what its parent ran, in parentheses, when it never ran a program of its own. */
  command: string;
  /** That, and what it ran before. */
  readonly programs: RecentPrograms;
  /** Fit for a terminal: the exec that it did not get, if no other followed. */
  failedExec: string | undefined;
  /** Programs it ran, one after the other. */
  execs: number;
  /** Whether the arguments of the last one are known. */
  isKnown: boolean;
  /** The kernel's own records of those programs: how many, and the latest. */
  audited: { readonly count: number; readonly exec: AuditedExec } | undefined;
  /** Where it ran. */
  cwd: string | undefined;
  /** Effective user id where it differs from the parent's. */
  euid: number | undefined;
  end: ExitEvent | undefined;
}

/** Tasks kept for the tree; the totals count all. */
const KEPT = 50_000;
/** Characters of a program's path that are shown. */
const PROGRAM_CHARACTERS = 30;
/** Characters kept of a command line. */
const COMMAND_CHARACTERS = 1000;

/** The tasks of a run, as a tree, with totals. */
export class TaskTree {
  readonly roots: TaskNode[] = [];
  readonly #room: number;
  readonly #nodes = new Map<string, TaskNode>();
  /** A shell has many children, each of which begins with what it runs. */
  readonly #texts = new WeakMap<ExecEvent, string>();
  /** Begun and not ended, kept or not. */
  readonly #alive = new Set<string>();
  #kept = 0;
  seen = 0;
  failed = 0;
  /** Execs whose arguments only a record of audit told. */
  auditedOnly = 0;
  /** Most tasks alive at the same time. */
  peak = 0;

  /** @param room tasks kept; with 0 there are only the totals */
  constructor(room: number = KEPT) {
    this.#room = room;
  }

  /** Tasks whose end was not seen. */
  get alive(): number {
    return this.#alive.size;
  }

  /** Tasks that the totals count but the tree does not hold. */
  get notKept(): number {
    return this.seen - this.#kept;
  }

  node(task: Task): TaskNode | undefined {
    return this.#nodes.get(task.id);
  }

  init(task: Task): TaskNode | undefined {
    this.seen++;
    this.#alive.add(task.id);
    this.peak = Math.max(this.peak, this.alive);
    if (this.#kept >= this.#room) return undefined;
    this.#kept++;
    const parent = task.parent && this.#nodes.get(task.parent.id);
    const inherited = task.exec ? this.#described(task.exec) : "?";
    const euid = task.ids?.euid;
    const node: TaskNode = {
      pid: task.pid,
      depth: parent ? parent.depth + 1 : 0,
      startNs: task.startNs,
      children: [],
      command: `(${inherited})`,
      programs: new RecentPrograms(`(${inherited})`),
      failedExec: undefined,
      execs: 0,
      isKnown: true,
      audited: undefined,
      cwd: undefined,
      euid: euid === task.parent?.ids?.euid ? undefined : euid,
      end: undefined,
    };
    this.#nodes.set(task.id, node);
    (parent?.children ?? this.roots).push(node);
    return node;
  }

  exec(event: ExecEvent, task: Task): TaskNode | undefined {
    const node = this.#nodes.get(task.id);
    if (node === undefined) return undefined;
    node.programs.add(event.timeNs, this.#described(event));
    node.command = node.programs.command;
    node.failedExec = undefined;
    node.execs++;
    node.isKnown = !("missing" in event.argv);
    if (typeof event.cwd === "string") node.cwd = printable(event.cwd);
    this.#complete(node);
    return node;
  }

  /** An exec that was told, or was not, did not happen. A search through PATH makes many; what succeeds makes up for them. */
  execFailed(notice: ExecFailedNotice, task: Task): TaskNode | undefined {
    const node = this.#nodes.get(task.id);
    if (node === undefined) return undefined;
    const isLast = node.programs.failed(notice);
    if (notice.raised) {
      node.command = node.programs.command;
      node.execs--;
    }
    if (isLast) node.failedExec = describeFailedExec(notice);
    return node;
  }

  /** The kernel's record of an exec, which may come before the exec is told or after it. */
  audited(exec: AuditedExec): void {
    const node = this.#nodes.get(exec.task);
    if (node === undefined) return;
    node.audited = { count: (node.audited?.count ?? 0) + 1, exec };
    this.#complete(node);
  }

  uid(task: Task): void {
    const node = this.#nodes.get(task.id);
    if (node) node.euid = task.ids?.euid;
  }

  exit(event: ExitEvent, task: Task): TaskNode | undefined {
    // A watcher before us may have kept the init from us.
    if (this.#alive.delete(task.id) && hasFailed(event)) this.failed++;
    const node = this.#nodes.get(task.id);
    if (node) node.end = event;
    return node;
  }

  /** Children name their parent at `init`: whoever is freed has none to come. */
  free(task: Task): void {
    this.#nodes.delete(task.id);
  }

  #described(event: ExecEvent): string {
    let text = this.#texts.get(event);
    if (text === undefined) this.#texts.set(event, (text = describeCommand(event)));
    return text;
  }

  /** A record of the last exec says what /proc did not. */
  #complete(node: TaskNode): void {
    const { audited } = node;
    if (node.isKnown || audited === undefined || audited.count < node.execs) return;
    const { argv, cwd } = audited.exec;
    node.command = node.programs.command = describeCommand({ exe: "", argv });
    node.isKnown = true;
    if (cwd !== undefined) node.cwd = printable(cwd);
    this.auditedOnly++;
  }

  /** Every kept task, parents first. */
  *all(): Generator<TaskNode> {
    const stack = this.roots.toReversed();
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      yield node;
      stack.push(...node.children.toReversed());
    }
  }
}

/** Whether a task ended other than by exit code 0. */
export function hasFailed(end: Pick<ExitEvent, "code" | "signal">): boolean {
  return end.signal !== undefined || (end.code !== undefined && end.code !== 0);
}

/** Why facts are missing, in words. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "it was gone too soon",
  ESRCH: "it was gone too soon",
  empty: "it was gone too soon",
  EACCES: "not permitted",
  overload: "too many at once",
  replaced: "it ran its next program at once",
};

/** The reason of a missing fact in words; an error code as it is when there are none. */
export function reasonInWords(reason: string): string {
  return REASONS[reason] ?? reason;
}

/** `"curl: EACCES, refused by deny"`: the exec that failed, fit for a terminal. */
export function describeFailedExec({ path, code, refused }: ExecFailedNotice): string {
  const name = typeof path === "string" ? shellWord(path.slice(path.lastIndexOf("/") + 1)) : "?";
  const why = refused === undefined ? "" : `, refused by ${printable(refused.by ?? "a watcher")}`;
  return `${fit(name, PROGRAM_CHARACTERS)}: ${code ?? "failed"}${why}`;
}

/** A program far down in the file system, by its name alone: its arguments say more than its path. */
function shortened([program = "", ...args]: readonly string[]): string[] {
  const isLong = program.startsWith("/") && program.length > PROGRAM_CHARACTERS;
  return [isLong ? `…${program.slice(program.lastIndexOf("/"))}` : program, ...args];
}

/** The command line; or the executable, or why neither is known. Fit for a terminal. */
export function describeCommand(
  event: Pick<ExecEvent, "exe" | "argv" | "argvTruncatedBytes">,
): string {
  if ("missing" in event.argv) {
    const reason = `[arguments unknown: ${reasonInWords(event.argv.missing)}]`;
    return typeof event.exe === "string" ? `${printable(event.exe)} ${reason}` : reason;
  }
  const line = fit(commandLine(shortened(event.argv)), COMMAND_CHARACTERS);
  return event.argvTruncatedBytes === undefined
    ? line
    : `${line} [${event.argvTruncatedBytes} bytes more]`;
}
