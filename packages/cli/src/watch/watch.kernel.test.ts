// Needs of the kernel: the process events connector (any user since Linux 6.6); another user as root; a C compiler for a
// load; script(1) for a terminal.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  capability,
  compiler,
  initialNamespaces,
  kernel,
  kernelTest,
  nobodyCommand,
  root,
  startLoad,
} from "@task-watchers/kernel-test";
import type { AnyLine } from "@task-watchers/trace";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { endAll, installedMain, linesOf, Running } from "../running.fixture.ts";

const NEEDS = [kernel("6.6"), initialNamespaces];
/** Two programs that live long enough for their arguments to be read on a busy machine. */
const WORK = "sleep 0.5; sh -c 'sleep 0.5; exit 7'; exit 0";

let main = "";
let dir = "";

beforeAll(() => {
  main = installedMain();
  dir = mkdtempSync(join(tmpdir(), "watch-"));
  chmodSync(dir, 0o777);
});

afterEach(endAll);
afterAll(() => rmSync(dir, { recursive: true }));

function start(...args: string[]): Running {
  return new Running([process.execPath, main, ...args], dir);
}

/** A watch for script(1), which passes on no signals, and what ends that watch as Ctrl-C does. */
function stoppable(options: string): { readonly command: string; stop(): void } {
  const file = join(dir, `pid-${Math.random()}`);
  const ours = `exec '${process.execPath}' '${main}' watch ${options}`;
  return {
    command: `echo $$ >'${file}'; ${ours}`,
    stop: () => void process.kill(Number(readFileSync(file, "utf8")), "SIGINT"),
  };
}

/** Runs a shell and gives its pid. */
async function shell(script: string): Promise<number> {
  const child = spawn("sh", ["-c", script], { stdio: "ignore" });
  await once(child, "exit");
  return child.pid ?? 0;
}

kernelTest(
  "watch writes the trace of the whole host, and Ctrl-C ends it with the summary",
  NEEDS,
  async () => {
    // All that the host can make meanwhile has room.
    const room = ["--receive-buffer", "134217728"];
    const watch = start("watch", "--source", "connector", ...room, "--json", "-");
    await watch.shows(/"header"/u);
    const pid = await shell(WORK);
    await watch.shows(new RegExp(String.raw`"exit"[^\n]*"pid":${pid},`, "u"));
    expect(await watch.stop()).toBe(0);
    const lines = watch.lines();
    expect(lines[0]).toMatchObject({ type: "header", schema: 1, scope: "all" });
    expect(lines.at(-1)).toMatchObject({ type: "summary", counters: { connector: { lost: 0 } } });
    const own = lines.filter((line) => line["pid"] === pid || line["ppid"] === pid);
    expect(own.map((line) => line.type).toSorted()).toEqual([
      "clone",
      "clone",
      "clone",
      "exec",
      "exec",
      "exec",
      "exit",
      "exit",
      "exit",
    ]);
    expect(own.find((line) => line.type === "exit" && line["code"] === 7)).toMatchObject({
      exec: { argv: ["sh", "-c", "sleep 0.5; exit 7"] },
    });
    expect(lines).toContainEqual(
      expect.objectContaining({ type: "init", existing: true, pid: process.pid }),
    );
    expect(watch.stderr).toMatch(/^[\d,]+ events in /mu);
    expect(watch.stderr).toMatch(/lost 0 events/u);
  },
);

const BPF_NEEDS = [
  kernel("6.6"),
  initialNamespaces,
  capability("CAP_BPF"),
  capability("CAP_PERFMON"),
];

kernelTest("watch has every argument by BPF, and says so", BPF_NEEDS, async () => {
  const watch = start("watch", "--source", "bpf", "--json", "-");
  await watch.shows(/"header"/u);
  const pid = await shell("i=0; while [ $i -lt 300 ]; do /bin/true short $i; i=$((i+1)); done");
  await watch.shows(new RegExp(String.raw`"exit"[^\n]*"pid":${pid},`, "u"));
  expect(await watch.stop()).toBe(0);
  const lines = watch.lines();
  expect(lines[0]).toMatchObject({ type: "header", scope: "all", source: { kind: "bpf" } });
  const own = lines.filter((line) => line.type === "exec" && line["ppid"] === pid);
  expect(own.map((line) => line["argv"])).toEqual(
    Array.from({ length: 300 }, (_, i) => ["/bin/true", "short", String(i)]),
  );
  expect(lines.at(-1)).toMatchObject({
    counters: { source: { name: "bpf", counters: { lost: 0 } } },
  });
  expect(watch.stderr).toMatch(/execs [\d,]+, all with their arguments \(.*bpf/u);
});

kernelTest(
  "watch for root takes BPF by itself; for nobody the connector, with a word",
  [...BPF_NEEDS, root],
  async () => {
    const own = start("watch", "--for", "200ms", "--json", "own.jsonl", "-q");
    expect(await own.ended()).toBe(0);
    const [header] = linesOf(readFileSync(join(dir, "own.jsonl"), "utf8"));
    expect(header).toMatchObject({ source: { kind: "bpf" } });
    expect(own.stderr).not.toContain("listening by");
    const nobody = new Running(
      nobodyCommand(process.execPath, [main, "watch", "--for", "200ms"]),
      dir,
    );
    expect(await nobody.ended()).toBe(0);
    const said = nobody.stderr.split("\n").filter((line) => line.includes("listening by"));
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(
      /^listening by the connector.* lacks CAP_BPF and CAP_PERFMON \(EPERM\); run as root/u,
    );
    const asked = new Running(
      nobodyCommand(process.execPath, [main, "watch", "--source", "bpf"]),
      dir,
    );
    expect(await asked.ended()).toBe(125);
    expect(asked.stderr).toMatch(/lacks CAP_BPF and CAP_PERFMON \(EPERM\); run as root/u);
  },
);

kernelTest(
  "watch --pid begins with the tasks that are there, follows, and ends with the last",
  NEEDS,
  async () => {
    const child = spawn("sh", ["-c", "sleep 300 & read x; sleep 0.51; kill $!; wait"], {
      stdio: ["pipe", "ignore", "ignore"],
    });
    const pid = child.pid ?? 0;
    const watch = start("watch", "--pid", String(pid));
    await watch.shows(/was there {2}sleep 300/u);
    child.stdin.write("\n");
    expect(await watch.ended()).toBe(0);
    const rest = watch.stdout.split("\n").map((line) => line.replace(/^\S+ +\d+ /u, ""));
    expect(rest[0]).toMatch(/^fork {5}was there {2}sh -c/u);
    expect(rest[1]).toMatch(/^fork {5}was there {2}sleep 300$/u);
    expect(rest).toContain("exec     sleep 0.51");
    expect(watch.stdout).toMatch(/ exit {5}SIGTERM after [^\n]* {2}sleep 300\n/u);
  },
);

kernelTest("watch shows what its filters let through, and nothing else", NEEDS, async () => {
  const watch = start("watch", "--failed", "--command", "/exit [78]/", "--json", "-");
  await watch.shows(/"header"/u);
  const codes = [9, 7, 0, 8].map((code) => `sh -c 'sleep 0.5; exit ${code}'`);
  await shell(`${codes.join(";")}; exit 0`);
  await watch.shows(/"code":8/u);
  await watch.stop();
  const events = watch.lines().filter((line) => line["task"] !== undefined);
  expect(events.map((line) => [line.type, line["code"]])).toEqual([
    ["exit", 7],
    ["exit", 8],
  ]);
});

kernelTest(
  "watch for nobody without capabilities sees root's tasks",
  [...NEEDS, root],
  async () => {
    const watch = new Running(nobodyCommand(process.execPath, [main, "watch", "--lines"]), dir);
    // Nothing is printed before something happens.
    for (let n = 0; n < 100 && !/exec {5}sleep 0\.12/u.test(watch.stdout); n++) {
      await shell("sleep 0.12; exit 0");
    }
    expect(watch.stdout).toMatch(/exec {5}sleep 0\.12/u);
    expect(await watch.stop()).toBe(0);
  },
);

kernelTest(
  "watch ends when its reader has gone, and after the time it is given",
  NEEDS,
  async () => {
    const pipe = new Running(
      ["sh", "-c", `"$0" "$1" watch --pid $$ | head -1`, process.execPath, main],
      dir,
    );
    expect(await pipe.ended()).toBe(0);
    expect(pipe.stdout).toMatch(/was there/u);
    const timed = start("watch", "--for", "300ms", "-q");
    expect(await timed.ended()).toBe(0);
    expect(timed.stdout).toBe("");
    expect(timed.stderr).toMatch(/^[\d,]+ events? in /mu);
  },
);

kernelTest(
  "watch --json - ends when its reader has gone; SIGTERM ends it while its reader sleeps",
  NEEDS,
  async () => {
    const ours = [process.execPath, main];
    const head = new Running(["sh", "-c", '"$0" "$1" watch --json - | head -1', ...ours], dir);
    await head.shows(/"header"/u);
    while (head.child.exitCode === null) await shell("sleep 0.05");
    expect(await head.ended()).toBe(0);
    // A reader that reads one byte and no more, and ends when the shell is ended.
    const sleeps = "{ head -c 1 >/dev/null; echo first >&2; tail --pid=$$ -f /dev/null; }";
    const slow = (options: string): string =>
      `{ "$0" "$1" watch --lines ${options} & echo $! >&2; wait $!; echo "rc $?" >&2; } | ${sleeps}`;
    const says = async (options: string): Promise<string> => {
      const sleeper = new Running(["sh", "-c", slow(options), ...ours], dir);
      await sleeper.shows(/^\d+$/mu);
      const pid = Number(sleeper.stderr.trim());
      while (!sleeper.stderr.includes("first")) await shell("sleep 0.05");
      // More than a pipe and a queue hold.
      await shell("i=0; while [ $i -lt 1500 ]; do /bin/true; i=$((i+1)); done");
      process.kill(pid, "SIGTERM");
      await sleeper.shows(/^rc 0$/mu);
      return sleeper.stderr;
    };
    expect(await says("")).toMatch(/dropped: slow reader/u);
    // A file does not wait for the reader of the lines.
    expect(await says("--json slow.jsonl")).toMatch(/\d events not shown: nobody read the lines/u);
    const execs = linesOf(readFileSync(join(dir, "slow.jsonl"), "utf8")).filter(
      ({ type }) => type === "exec",
    );
    expect(execs.length).toBeGreaterThanOrEqual(1500);
  },
);

kernelTest(
  "watch draws a table on a terminal, and leaves the terminal as it was",
  NEEDS,
  async () => {
    const { command, stop } = stoppable("");
    const watch = new Running(["script", "-qec", command, "/dev/null"], dir);
    await watch.shows(/COMMAND/u);
    const child = spawn("sh", ["-c", "sleep 300; exit 7"], { stdio: "ignore", detached: true });
    await watch.shows(/sh -c 'sleep 300; exit 7'/u);
    // Its sleep, too.
    process.kill(-(child.pid ?? 0));
    stop();
    expect(await watch.ended()).toBe(0);
    const [, drawn = "", after = ""] =
      /\u001b\[\?1049h(.*)\u001b\[\?1049l(.*)$/su.exec(watch.stdout) ?? [];
    expect(drawn).toContain("sh -c 'sleep 300; exit 7'");
    expect(after).toMatch(/[\d,]+ events in /u);
  },
);

kernelTest(
  "watch draws its table while 5,000 events a second come, and counts what it loses",
  [...NEEDS, compiler],
  async () => {
    const { command, stop } = stoppable("--json table.jsonl");
    const watch = new Running(["script", "-qec", command, "/dev/null"], dir);
    await watch.shows(/COMMAND/u);
    const made = await startLoad({ rate: 5000, seconds: 3, workers: 1, execPercent: 34 });
    stop();
    expect(await watch.ended()).toBe(0);
    const lines = linesOf(readFileSync(join(dir, "table.jsonl"), "utf8"));
    const { counters, events } = lines.at(-1) as AnyLine & {
      counters: { lost: Record<string, number> };
      events: Record<string, number>;
    };
    expect(counters).toMatchObject({ unread: 0, traceLinesDropped: 0 });
    const lost = Object.values(counters.lost).reduce((sum, count) => sum + count, 0);
    expect((events["fork"] ?? 0) + lost).toBeGreaterThanOrEqual(made.forks);
    expect((events["exit"] ?? 0) + lost).toBeGreaterThanOrEqual(made.exits);
    console.log(`table: ${Math.round(made.rate)} events/s, ${made.forks} forks, ${lost} lost`);
  },
);

kernelTest("watch says what is wrong, and does nothing", NEEDS, async () => {
  const gone = await shell("exit 0");
  const failures: [string[], string][] = [
    [["--pid", String(gone)], `no process has pid ${gone}`],
    [["--command", "/(/"], "Invalid regular expression"],
    [["--connect", join(dir, "none")], "no relay at"],
    [["--pid", ""], '--pid needs a value, got ""'],
    [["--json", join(dir, "no", "such")], "ENOENT"],
  ];
  for (const [args, message] of failures) {
    const watch = start("watch", ...args);
    expect(await watch.ended()).toBe(125);
    expect(watch.stderr).toContain(message);
    expect(watch.stderr.split("\n").length).toBeLessThan(4);
  }
});

kernelTest(
  "relay serves watch --connect of another user, and removes its socket",
  [...NEEDS, root],
  async () => {
    const path = join(dir, "relay.sock");
    const relay = start("relay", "--socket", path, "--mode", "666");
    await relay.shows(/serving on/u);
    const watch = new Running(
      nobodyCommand(process.execPath, [
        main,
        "watch",
        "--connect",
        path,
        "--json",
        join(dir, "n.jsonl"),
      ]),
      dir,
    );
    await relay.shows(/of nobody listens/u);
    const pid = await shell(WORK);
    await watch.shows(new RegExp(` ${pid} exit `, "u"));
    expect(await watch.stop()).toBe(0);
    const lines = linesOf(readFileSync(join(dir, "n.jsonl"), "utf8"));
    expect(lines[0]).toMatchObject({ type: "header", scope: "all" });
    expect(lines.filter((line) => line["ppid"] === pid && line.type === "exit")).toHaveLength(2);
    expect(watch.stderr).toContain("lost 0 events");
    const second = start("relay", "--socket", path);
    expect(await second.ended()).toBe(125);
    expect(second.stderr).toMatch(/another relay/u);
    await relay.shows(/left|lost its connection/u);
    expect(await relay.stop()).toBe(0);
    expect(relay.stderr).toMatch(
      /1 listener served, 0 refused, [\d,]+ lines sent, 0 events dropped/u,
    );
    expect(existsSync(path)).toBe(false);
  },
);
