import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { compileC, installed, nobodyCommand } from "@task-watchers/kernel-test";

/** Who watches, and where. */
export type Surroundings =
  | "ourselves"
  | "nobody"
  | "new namespaces"
  | "nobody in new namespaces"
  | "namespaces with our users";

/** An event as the program below writes it. */
export interface SeenEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** What came of a run. */
export interface Seen {
  /** Events of each task, in the order told; tasks by their first event. */
  readonly tasks: readonly SeenTask[];
  readonly end: { readonly code?: number; readonly signal?: string };
  readonly counters: Readonly<Record<string, number>>;
  readonly notes: readonly string[];
  readonly losses: readonly unknown[];
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** A task, and what was told of it. */
export interface SeenTask {
  readonly pid: number;
  readonly tgid: number;
  readonly ppid: number;
  readonly events: readonly SeenEvent[];
}

/** What to run, and how it is watched. */
export interface Watched {
  /** `"bridge"`: the descent goes with a stop whose execs are raised before they are made. */
  readonly source: "descent" | "bridge" | "connector";
  readonly command: readonly string[];
  readonly threads?: boolean;
  /** Options of `openDescent()`. */
  readonly options?: Readonly<Record<string, unknown>>;
  readonly surroundings?: Surroundings;
}

const PROGRAM = `
  import { spawn } from "node:child_process";
  import { once } from "node:events";
  import { TaskWatchers } from "@task-watchers/chain";
  import { descentSource, openDescent } from "@task-watchers/descent";
  import { prepareExecStop } from "@task-watchers/exec-stop/watch";
  import { watchTasks } from "@task-watchers/tasks";
  const { source, command, threads = false, options = {} } = JSON.parse(process.argv[1]);
  const watchers = new TaskWatchers();
  const tasks = new Map();
  const losses = [];
  const note = (event, { id, pid, tgid, ppid }) => {
    let task = tasks.get(id);
    if (task === undefined) tasks.set(id, (task = { pid, tgid, ppid, events: [] }));
    task.events.push(event);
  };
  const names = ["init", "clone", "exec", "uid", "gid", "exit", "free"];
  watchers.load({ name: "seen", version: "1.0.0", watcher: { name: "seen", ...Object.fromEntries(names.map((name) => [name, note])) } });
  const onLost = (loss) => losses.push(loss);
  const [file, ...args] = command;
  const stdio = ["ignore", "ignore", "ignore"];
  const before = process.cpuUsage();
  const begin = performance.now();
  let end, counters, notes = [], watch;
  if (source === "descent") {
    const descent = await openDescent({ onRoot: (pid) => watch.follow(pid), ...options });
    watch = await watchTasks({ watchers, threads, events: descent.open, onLost });
    const child = await descent.spawn(file, args, { stdio });
    end = await child.ended;
    await watch.whenIdle();
    await watch.close();
    notes = descent.notes;
    counters = watch.counters().source.counters;
    await descent.close();
  } else if (source === "bridge") {
    const descent = descentSource(options);
    const prepared = await prepareExecStop({ others: descent.others });
    watch = await watchTasks({ watchers, threads, events: descent.open, onLost });
    const stop = prepared.begin(descent.around(watch));
    descent.attach(stop, (pid) => watch.follow(pid));
    const child = await stop.spawn(file, args, { stdio });
    end = await child.ended;
    await watch.whenIdle();
    await watch.close();
    notes = descent.notes;
    counters = watch.counters().source.counters;
    await stop.close();
    descent.close();
  } else {
    watch = await watchTasks({ watchers, threads, onLost });
    const child = spawn(file, args, { stdio });
    watch.follow(child.pid);
    const [code, signal] = await once(child, "exit");
    end = { ...(code !== null && { code }), ...(signal !== null && { signal }) };
    await watch.whenIdle();
    await watch.close();
    counters = watch.counters().connector;
  }
  const wallMs = performance.now() - begin;
  const { user, system } = process.cpuUsage(before);
  const seen = { tasks: [...tasks.values()], end, counters, notes, losses, wallMs, cpuMs: (user + system) / 1000 };
  process.stdout.write(JSON.stringify(seen, (_, value) => (typeof value === "bigint" ? String(value) : value)));
`;

const NAMESPACES = ["--pid", "--net", "--mount-proc", "--fork"];

/** Runs a command to the end of its whole descent, and gives what was told of it. Two minutes at most. */
export function watched({ surroundings = "ourselves", ...what }: Watched): Seen {
  const node = [process.execPath, "--input-type=module", "-e", PROGRAM, JSON.stringify(what)];
  const [command = "", ...args] = placed(node, surroundings);
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: installed("descent"),
    encoding: "utf8",
    timeout: 120_000,
    maxBuffer: 2 ** 28,
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`ended with ${status}: ${stderr}\n${stdout}`);
  return JSON.parse(stdout) as Seen;
}

function placed(node: readonly string[], surroundings: Surroundings): string[] {
  const [command = "", ...args] = node;
  const inNamespaces = ["unshare", "--user", "--map-root-user", ...NAMESPACES, ...node];
  const [unshare = "", ...rest] = inNamespaces;
  switch (surroundings) {
    case "ourselves":
      return [...node];
    case "nobody":
      return nobodyCommand(command, args);
    case "namespaces with our users":
      return ["unshare", ...NAMESPACES, ...node];
    case "new namespaces":
      return inNamespaces;
    default:
      return nobodyCommand(unshare, rest);
  }
}

/** The load of load.c. */
export function loadProgram(): string {
  return compileC(readFileSync(new URL("load.c", import.meta.url), "utf8"), "descent-load");
}
