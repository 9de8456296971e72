import { type AnyLine, formatLine } from "@task-watchers/trace";

/** CLOCK_MONOTONIC at the start of the traces that tests make up, nanoseconds. */
export const START_NS = 34_000_000_000_000n;

/** A time so many milliseconds after the start. */
export function at(ms: number): string {
  return String(START_NS + BigInt(Math.round(ms * 1e6)));
}

export const HEADER: AnyLine = {
  type: "header",
  schema: 1,
  writer: { name: "task-watchers", version: "1.0.0" },
  host: "builder",
  kernel: "6.18.0",
  arch: "x64",
  bootId: "b",
  clock: { startNs: at(0), realtimeOffsetNs: "1795000000000000000" },
  source: { kind: "connector" },
  scope: "followed",
  command: ["make", "-j2"],
  modules: [],
};

export const SUMMARY: AnyLine = {
  type: "summary",
  timeNs: at(1000),
  durationNs: "1000000000",
  command: { code: 0 },
  tasks: { seen: 3, failed: 1, alive: 0 },
  counters: {},
  modules: [],
};

/** What every event line of a task has. */
export function of(pid: number, ms: number, ppid = 1): { [field: string]: unknown } {
  return { timeNs: at(ms), task: `${pid}.100`, pid, tgid: pid, ppid };
}

/** A `delays` line, in milliseconds. */
export function delays(pid: number, ms: number, figures: Record<string, number>): AnyLine {
  const all = Object.entries(figures).map(([name, value]) => [
    name,
    String(name.endsWith("Ns") ? value * 1e6 : value),
  ]);
  const rest = { source: "taskstats", threads: 1 };
  return { type: "delays", ...of(pid, ms), ...rest, ...Object.fromEntries(all) };
}

const ROOT = { ruid: 0, euid: 0, rgid: 0, egid: 0 };

/** `make` that runs `cc`, whose assembler fails, and a shell that becomes another user. */
export const BUILD: readonly AnyLine[] = [
  HEADER,
  { type: "init", ...of(10, 0), ids: ROOT },
  {
    type: "exec",
    ...of(10, 1),
    exe: "/usr/bin/make",
    argv: ["make", "-j2"],
    cwd: "/src",
    cgroup: "/a",
  },
  { type: "init", ...of(11, 10, 10), parent: "10.100", ids: ROOT },
  {
    type: "exec",
    ...of(11, 12, 10),
    exe: "/usr/bin/cc",
    argv: ["cc", "-c", "it's.c"],
    cwd: "/src",
    cgroup: "/a/b",
  },
  { type: "init", ...of(12, 100, 11), parent: "11.100" },
  { type: "exec", ...of(12, 101, 11), missing: { argv: "ENOENT", exe: "ENOENT" } },
  { type: "exit", ...of(12, 500, 11), code: 1, durationNs: "400000000" },
  { ...delays(12, 500, { wallNs: 400, onCpuNs: 100, waitCpuNs: 50, blkioNs: 200 }), comm: "as" },
  { type: "exit", ...of(11, 900, 10), signal: 11, coreDumped: true },
  { type: "uid", ...of(10, 950), ruid: 1000, euid: 1000 },
  {
    type: "lost",
    timeNs: at(960),
    reason: "overrun",
    count: 5,
    sinceNs: at(940),
    untilNs: at(960),
  },
  { type: "exit", ...of(10, 990), code: 0 },
  SUMMARY,
];

/** The bytes of a trace, in pieces of that many. */
export async function* bytesOf(
  lines: readonly AnyLine[] | string,
  size = 65_536,
): AsyncGenerator<Uint8Array> {
  const text = typeof lines === "string" ? lines : lines.map((line) => formatLine(line)).join("");
  const bytes = new TextEncoder().encode(text);
  for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size);
}
