// Needs of the kernel: the process events connector (any user since Linux 6.6); other users and namespaces as root.
import { spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  asNobody,
  initialNamespaces,
  installed,
  kernel,
  kernelTest,
  root,
} from "@task-watchers/kernel-test";
import { type AnyLine, parseLine } from "@task-watchers/trace";
import { afterAll, beforeAll, describe, expect } from "vitest";

const NEEDS = [kernel("6.6"), initialNamespaces];
const EXAMPLE = 'for i in 1 2 3; do /bin/true; done; sh -c "exit 7"; exit 0';

let main = "";
let dir = "";
/** Options that choose how execs are learned of. */
let way: readonly string[] = [];

beforeAll(() => {
  main = join(installed("cli"), "node_modules/task-watchers/dist/main.js");
  dir = mkdtempSync(join(tmpdir(), "run-"));
  chmodSync(dir, 0o777);
});

afterAll(() => rmSync(dir, { recursive: true }));

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Our command line. */
function commandLine(args: readonly string[]): string[] {
  const [command = "", ...others] = args;
  return command === "run" ? [main, command, ...way, ...others] : [main, ...args];
}

function taskWatchers(args: readonly string[], input = "", env: NodeJS.ProcessEnv = {}): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, commandLine(args), {
    encoding: "utf8",
    input,
    timeout: 60_000,
    cwd: dir,
    env: { ...process.env, NO_COLOR: "1", ...env },
    maxBuffer: 1e9,
  });
  // Other users than root are told of this besides; it has a test of its own.
  return { status, stdout, stderr: stderr.replace(/^set-user-ID programs [^\n]*\n/u, "") };
}

/** How often each task forked, ascending. */
function forksByParent(lines: readonly AnyLine[]): number[] {
  const counts = new Map<unknown, number>();
  for (const { ppid } of ofType(lines, "clone")) counts.set(ppid, (counts.get(ppid) ?? 0) + 1);
  return [...counts.values()].toSorted((a, b) => a - b);
}

/** Again when events were lost: other programs of the host can make as many as no queue holds. */
function undisturbed<T>(run: () => T, hasLost: (ran: T) => boolean): T {
  for (let tries = 0; tries < 5; tries++) {
    const ran = run();
    if (!hasLost(ran)) return ran;
  }
  return run();
}

function saysLost({ stderr }: Ended): boolean {
  return /lost [1-9][\d,]* events?/u.test(stderr);
}

/** Runs a command with a trace and gives its lines. */
function traced(...command: string[]): AnyLine[] {
  const file = join(dir, "trace.jsonl");
  return undisturbed(
    () => {
      taskWatchers(["run", "-q", "--json", file, "--", ...command]);
      return linesOf(readFileSync(file, "utf8"));
    },
    (lines) => ofType(lines, "lost").length > 0,
  );
}

function linesOf(text: string): AnyLine[] {
  return text
    .trimEnd()
    .split("\n")
    .map((source) => {
      const line = parseLine(source);
      if (line === undefined) throw new Error(`no line of a trace: ${source}`);
      return line;
    });
}

function ofType(lines: readonly AnyLine[], type: string): AnyLine[] {
  return lines.filter((line) => line.type === type);
}

/** The environment of each process. */
function processes(): string[] {
  return readdirSync("/proc").flatMap((pid) => {
    try {
      return /^\d+$/u.test(pid) ? [readFileSync(`/proc/${pid}/environ`, "latin1")] : [];
    } catch {
      // It has ended, or is another user's.
      return [];
    }
  });
}

function expectExample(run: () => Ended): void {
  const { status, stderr } = undisturbed(run, saysLost);
  expect(status).toBe(0);
  const tree = stderr.split("\n").filter((line) => /[├└]─/u.test(line));
  expect(tree).toHaveLength(4);
  expect(tree.filter((line) => /\d [mµ]?s /u.test(line))).toHaveLength(4);
  expect(tree.map((line) => line.trim().split(/\s{2,}/u)[2])).toEqual(["0", "0", "0", "7"]);
  expect(stderr).toMatch(/^5 tasks, 1 failed, at most \d at once, in /mu);
  expect(stderr).toMatch(/^lost 0 events; /mu);
}

describe.each([
  ["where execs are stopped", ["--source", "stop"]],
  ["where they are not", ["--no-exec-stop"]],
])("%s", (_name, options) => {
  beforeAll(() => {
    way = options;
  });
  afterAll(() => {
    way = [];
  });

  kernelTest(
    "run lists a command's tasks and how each ended, and ends as the command did",
    NEEDS,
    () => {
      expectExample(() => taskWatchers(["run", "--", "sh", "-c", EXAMPLE]));
    },
  );

  kernelTest("run does the same for nobody without capabilities", [...NEEDS, root], () => {
    const command = commandLine(["run", "--", "sh", "-c", EXAMPLE]);
    expectExample(() => asNobody(process.execPath, command));
  });

  kernelTest("run passes on input, output and exit status", NEEDS, () => {
    const { status, stdout, stderr } = taskWatchers(
      ["run", "-q", "sh", "-c", "cat; echo err >&2; exit 3"],
      "in",
    );
    expect({ status, stdout, stderr }).toEqual({ status: 3, stdout: "in", stderr: "err\n" });
  });

  kernelTest("run ends with 128 and the number of the signal that ended the command", NEEDS, () => {
    expect(taskWatchers(["run", "-q", "sh", "-c", "kill -SEGV $$"]).status).toBe(139);
    expect(taskWatchers(["run", "-q", "sh", "-c", "kill -KILL $$"]).status).toBe(137);
  });

  kernelTest("run says that a command is not there, or is no program", NEEDS, () => {
    const missing = taskWatchers(["run", "./no-such"]);
    expect(missing).toMatchObject({
      status: 127,
      stderr: "task-watchers: ./no-such: not found (ENOENT)\n",
    });
    writeFileSync(join(dir, "plain"), "");
    const plain = taskWatchers(["run", "./plain"]);
    expect(plain).toMatchObject({
      status: 126,
      stderr: "task-watchers: ./plain: cannot be run (EACCES)\n",
    });
  });

  kernelTest("run writes a trace that tells everything", NEEDS, () => {
    const lines = traced("sh", "-c", "sleep 0.5; exit 4");
    const [header] = lines;
    expect(header).toMatchObject({
      type: "header",
      schema: 1,
      scope: "followed",
      command: ["sh", "-c", "sleep 0.5; exit 4"],
    });
    const tasks = new Set(lines.filter((line) => "task" in line).map((line) => line["task"]));
    expect(tasks.size).toBe(2);
    for (const task of tasks) {
      const life = lines.filter((line) => line["task"] === task).map((line) => line.type);
      // A search through PATH.
      const told = life.filter((type) => type !== "exec-failed");
      expect(told).toEqual(["init", "clone", "exec", "exit", "free"]);
    }
    for (const line of lines.filter((line) => "task" in line)) {
      expect(line["timeNs"]).toMatch(/^\d+$/u);
      expect(line).toMatchObject({
        pid: expect.any(Number),
        tgid: expect.any(Number),
        ppid: expect.any(Number),
      });
    }
    const [shell, sleep] = ofType(lines, "exec");
    expect(shell).toMatchObject({
      argv: ["sh", "-c", "sleep 0.5; exit 4"],
      cwd: dir,
      cgroup: expect.any(String),
    });
    expect(sleep).toMatchObject({ argv: ["sleep", "0.5"], exe: expect.stringContaining("/") });
    expect(ofType(lines, "exit")).toMatchObject([
      { code: 0 },
      { code: 4, durationNs: expect.stringMatching(/^\d+$/u) },
    ]);
    expect(lines.at(-1)).toMatchObject({
      type: "summary",
      command: { code: 4 },
      tasks: { seen: 2, failed: 1, alive: 0 },
      counters: { connector: { lost: 0 }, raised: { clones: 2, execs: 2, exits: 2, synthetic: 0 } },
    });
  });

  kernelTest(
    "16 × 250 spawns in parallel: every fork, exec and exit is in the trace",
    NEEDS,
    () => {
      const one = "i=0; while [ $i -lt 250 ]; do /bin/true; i=$((i+1)); done";
      const file = join(dir, "many.jsonl");
      const script = `for n in $(seq 16); do sh -c '${one}' & done; wait`;
      // Room for all its events, should we not come to read any before its end.
      const room = ["--receive-buffer", "33554432"];
      taskWatchers(["run", "-q", ...room, "--json", file, "--", "bash", "-c", script]);
      const lines = linesOf(readFileSync(file, "utf8"));
      const { counters } = lines.at(-1) as AnyLine & { counters: { connector: { lost: number } } };
      const { lost } = counters.connector;
      // The shell, its seq, 16 shells, and what those ran.
      const tasks = 1 + 1 + 16 + 16 * 250;
      // A storm elsewhere on the host goes through the same queue.
      expect(ofType(lines, "clone").length + lost).toBeGreaterThanOrEqual(tasks);
      if (lost > 0) return;
      expect(ofType(lines, "lost")).toEqual([]);
      expect(counters).toMatchObject({ raised: { synthetic: 0 } });
      // Us, bash, and its shells. What they are is not asked: arguments may be read too late on a busy machine.
      expect(forksByParent(lines)).toEqual([1, 17, ...Array<number>(16).fill(250)]);
      expect(ofType(lines, "exec")).toHaveLength(tasks);
      expect(ofType(lines, "exit")).toHaveLength(tasks);
      expect(ofType(lines, "init")).toHaveLength(tasks);
      expect(ofType(lines, "free")).toHaveLength(tasks);
      expect(new Set(ofType(lines, "init").map((line) => line["task"])).size).toBe(tasks);
    },
  );

  kernelTest("run waits for what the command leaves running, unless told not to", NEEDS, () => {
    const command = ["sh", "-c", "(sleep 0.5; exit 6) & exit 0"];
    const waited = undisturbed(() => taskWatchers(["run", ...command]), saysLost);
    expect(waited.stderr).toMatch(/^3 tasks, 1 failed, at most/mu);
    const left = taskWatchers([
      "run",
      "--no-wait",
      "sh",
      "-c",
      "sleep 300 >/dev/null 2>&1 & echo $!",
    ]);
    expect(left.stderr).toMatch(/1 still alive/u);
    expect(left.stderr).toMatch(/alive +└─ sleep 300/u);
    process.kill(Number(left.stdout));
  });

  kernelTest(
    "run passes signals on to the command and stops waiting for the rest",
    NEEDS,
    async () => {
      const script =
        "trap 'exit 42' TERM; sleep 300 >/dev/null 2>&1 & echo $!; while :; do sleep 0.05; done";
      const child = spawn(process.execPath, commandLine(["run", "sh", "-c", script]), {
        stdio: ["ignore", "pipe", "pipe"],
        env: { ...process.env, NO_COLOR: "1" },
      });
      const [left] = await new Promise<Buffer[]>((resolve) =>
        child.stdout.once("data", (...data: Buffer[]) => resolve(data)),
      );
      let stderr = "";
      child.stderr.on("data", (data: Buffer) => (stderr += data));
      child.kill("SIGTERM");
      const code = await new Promise((resolve) => child.once("close", resolve));
      process.kill(Number(left));
      expect(code).toBe(42);
      expect(stderr).toMatch(/still alive/u);
    },
  );

  kernelTest(
    "run --live prints each program as it starts and ends, below its parent",
    NEEDS,
    () => {
      const command = ["run", "--live", "--", "sh", "-c", "sleep 0.5; exit 2"];
      const { stderr } = undisturbed(() => taskWatchers(command), saysLost);
      const live = stderr.split("\n\n")[0]?.split("\n") ?? [];
      expect(live[0]).toMatch(/^ +\d+\.\d{3} +\d+ \+ sh -c/u);
      expect(live[1]).toMatch(/^ +\d+\.\d{3} +\d+ {3}\+ sleep 0\.5$/u);
      expect(live[2]).toMatch(/ {3}- 0 after [\d.]+ m?s {2}sleep 0\.5$/u);
      expect(live[3]).toMatch(/ - 2 after [\d.]+ m?s {2}sh -c/u);
    },
  );

  kernelTest("run leaves nobody behind", NEEDS, () => {
    const mark = `TASK_WATCHERS_TEST=${randomUUID()}`;
    const [name = "", value = ""] = mark.split("=");
    const ended = taskWatchers(["run", "-q", "sh", "-c", "cat /proc/$PPID/environ"], "", {
      [name]: value,
    });
    expect(ended.stdout).toContain(mark);
    // Others may run the same program at the same time.
    expect(processes().filter((environment) => environment.includes(mark))).toEqual([]);
  });

  kernelTest("run knows real-time signals, of which Node.js has no names", NEEDS, () => {
    expect(taskWatchers(["run", "-q", "sh", "-c", "kill -34 $$"]).status).toBe(162);
  });

  kernelTest("A signal leaves the command's input and output as they were", NEEDS, async () => {
    const script = "trap '' INT; echo ready; cat";
    const child = spawn(process.execPath, commandLine(["run", "-q", "sh", "-c", script]), {
      stdio: ["pipe", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (data) => (output += data));
    child.stdout.once("data", () => {
      child.kill("SIGINT");
      setTimeout(() => child.stdin.end("hello"), 500);
    });
    expect(await new Promise((resolve) => child.once("close", resolve))).toBe(0);
    expect(output).toBe("ready\nhello");
  });
});

kernelTest("run refuses what makes no sense before the command runs", NEEDS, () => {
  const witness = join(dir, "ran");
  const wrong = [
    ["--bogus"],
    ["--max-tasks", "x"],
    ["--json", "/no/such/directory/trace"],
    ["--with", "no-such-watcher"],
    ["--with", "./plain"],
    ["--receive-buffer", "-5"],
  ];
  writeFileSync(join(dir, "plain"), "");
  for (const args of wrong) {
    const { status, stderr } = taskWatchers(["run", ...args, "--", "touch", witness]);
    expect(stderr).toMatch(/^task-watchers: /u);
    expect(stderr).not.toMatch(/\n\s+at /u);
    expect(status).toBe(125);
  }
  expect(() => readFileSync(witness)).toThrow("ENOENT");
});

kernelTest(
  "run in another network namespace says so before the command runs",
  [...NEEDS, root],
  () => {
    const args = ["--net", process.execPath, main, "run", "--no-exec-stop", "--", "echo", "ran"];
    const { status, stdout, stderr } = spawnSync("unshare", args, { encoding: "utf8" });
    expect(status).toBe(125);
    expect(stdout).toBe("");
    expect(stderr).toMatch(
      /^task-watchers: process events are not available: .*network namespace.*\n$/u,
    );
  },
);

kernelTest(
  "run writes the trace to standard output on request, and nothing else there",
  NEEDS,
  () => {
    const { stdout, stderr } = taskWatchers(["run", "-q", "--json", "-", "--", "echo", "hello"]);
    expect(linesOf(stdout).map((line) => line.type)).toContain("summary");
    expect(stderr).toBe("hello\n");
  },
);

kernelTest("run survives a reader of its trace that goes away", NEEDS, () => {
  const script = `'${process.execPath}' '${main}' run --json - -- sh -c 'for i in $(seq 300); do /bin/true; done; exit 5' | head -1; echo "\${PIPESTATUS[0]}"`;
  const { stdout, stderr } = spawnSync("bash", ["-c", script], { encoding: "utf8" });
  expect(stdout.trimEnd().split("\n").at(-1)).toBe("5");
  expect(stderr).toMatch(/trace lines? dropped/u);
  expect(stderr).toMatch(/the trace is incomplete: EPIPE/u);
});

kernelTest(
  "run shows hostile arguments without a raw control byte, and keeps every byte in the trace",
  NEEDS,
  () => {
    const hostile = "a\nb\u001b[31m\u009b\u202e";
    const file = join(dir, "hostile.jsonl");
    const command = ["run", "--live", "--json", file, "--", "sh", "-c", "sleep 0.1", hostile];
    const { stderr } = taskWatchers(command);
    expect(stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/u);
    expect(stderr).toContain(String.raw`$'a\x0ab\x1b[31m`);
    const text = readFileSync(file, "utf8");
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/u);
    expect(ofType(linesOf(text), "exec")[0]).toMatchObject({
      argv: ["sh", "-c", "sleep 0.1", hostile],
    });
  },
);

kernelTest(
  "run loads watchers by path; what they write is in the trace, their errors in the notes",
  NEEDS,
  () => {
    const watcher = join(dir, "watcher.mjs");
    writeFileSync(
      watcher,
      `import { createRequire } from "node:module";
     const registry = globalThis[Symbol.for("@task-watchers/chain.1")];
     let open;
     registry.load({
       name: "greeter", version: "1.2.3",
       lines: { greeting: "a hello to each task" },
       watcher: {
         name: "greeter",
         exec(event, task) { open.writeLine({ type: "greeting", to: task.pid }); },
         exit() { throw new Error("cannot say good-bye"); },
       },
       open(watch) { open = watch; },
       status() { return { state: "open", counters: { greetings: 1n }, notes: [] }; },
     });`,
    );
    const file = join(dir, "with.jsonl");
    const { status, stderr } = taskWatchers([
      "run",
      "--with",
      "./watcher.mjs",
      "--json",
      file,
      "--",
      "true",
    ]);
    expect(status).toBe(0);
    expect(stderr).toMatch(/greeter/u);
    expect(stderr).toMatch(/cannot say good-bye/u);
    const lines = linesOf(readFileSync(file, "utf8"));
    expect(lines[0]?.["modules"]).toEqual([
      { name: "greeter", version: "1.2.3", lines: { greeting: "a hello to each task" } },
    ]);
    expect(ofType(lines, "greeting")).toHaveLength(1);
    expect(ofType(lines, "exit")).toHaveLength(1);
    expect(lines.at(-1)?.["modules"]).toMatchObject([{ name: "greeter", errors: 1 }]);
  },
);

kernelTest("run shows colours only where they are wanted", NEEDS, () => {
  const run = ["run", "sh", "-c", "exit 1"];
  expect(taskWatchers(run).stderr).not.toContain("\u001b[");
  expect(taskWatchers(run, "", { NO_COLOR: "", FORCE_COLOR: "1" }).stderr).toContain("\u001b[31m");
});

kernelTest("The command explains itself", NEEDS, () => {
  expect(taskWatchers(["--help"])).toMatchObject({
    status: 0,
    stdout: expect.stringContaining("run [options]"),
  });
  expect(taskWatchers(["run", "--help"])).toMatchObject({
    status: 0,
    stdout: expect.stringContaining("--json FILE"),
  });
  expect(taskWatchers(["--version"]).stdout).toMatch(/^\d+\.\d+\.\d+\n$/u);
  expect(taskWatchers(["jump"])).toMatchObject({
    status: 125,
    stderr: expect.stringContaining('no command "jump"'),
  });
});

/** Writes a watcher module, and gives the arguments that load it. */
function withWatcher(name: string, module: string): string[] {
  const watcher = join(dir, `${name}.mjs`);
  const load = `globalThis[Symbol.for("@task-watchers/chain.1")].load`;
  writeFileSync(watcher, `${load}({ name: "${name}", version: "1.0.0", ${module} });`);
  return ["--with", watcher];
}

kernelTest("run keeps the whole trace for a reader that pauses", NEEDS, () => {
  const loop = "for i in $(seq 600); do /bin/true; done";
  const script = `'${process.execPath}' '${main}' run -q --json - -- sh -c '${loop}' | (sleep 2; cat)`;
  const { stdout } = spawnSync("bash", ["-c", script], { encoding: "utf8", maxBuffer: 1e9 });
  const lines = linesOf(stdout);
  expect(lines.at(-1)).toMatchObject({ type: "summary", counters: { traceLinesDropped: 0 } });
  expect(ofType(lines, "exit")).toHaveLength(602);
});

kernelTest("run says that the trace is incomplete, also when it is quiet", NEEDS, () => {
  const { status, stderr } = taskWatchers(["run", "-q", "--json", "/dev/full", "--", "true"]);
  expect(stderr).toBe("the trace is incomplete: ENOSPC\n");
  expect(status).toBe(0);
});

kernelTest("run leaves an old trace alone when the watch cannot begin", [...NEEDS, root], () => {
  const file = join(dir, "old.jsonl");
  writeFileSync(file, "precious");
  const run = ["run", "--no-exec-stop", "--json", file, "--", "true"];
  const args = ["--net", process.execPath, main, ...run];
  expect(spawnSync("unshare", args).status).toBe(125);
  expect(readFileSync(file, "utf8")).toBe("precious");
});

kernelTest(
  "run ends with the command's status whatever a watcher leaves running or undone",
  NEEDS,
  () => {
    const op = "watcher: { name: 'bad', exec() {} }";
    const never = "() => new Promise(() => {})";
    const modules = [
      `${op}, open() { setInterval(() => {}, 1000); }`,
      `${op}, close: ${never}`,
      `${op}, status() { const s = { state: "open", counters: {}, notes: [] }; s.s = s; return s; }`,
      `watcher: { name: 'bad', exit: ${never} }`,
      `watcher: { name: 'bad', priority: 5, init() { return 0x8001; } }`,
    ];
    const file = join(dir, "bad.jsonl");
    for (const module of modules) {
      const watcher = withWatcher("bad", module);
      const args = ["run", ...watcher, "--json", file, "--", "sh", "-c", "exit 3"];
      expect(taskWatchers(args)).toMatchObject({ status: 3 });
      expect(linesOf(readFileSync(file, "utf8")).at(-1)).toMatchObject({
        type: "summary",
        tasks: { alive: 0 },
      });
    }
  },
);

kernelTest("A watcher cannot write lines that the file is made of", NEEDS, () => {
  const module = `watcher: { name: "forger", exec() { open.writeLine({ type: "header", schema: 99 }); } },
    open(watch) { globalThis.open = watch; }`;
  const file = join(dir, "forged.jsonl");
  const { stderr } = taskWatchers([
    "run",
    ...withWatcher("forger", module),
    "--json",
    file,
    "true",
  ]);
  expect(stderr).toMatch(/forger.*cannot write a line of type "header"/u);
  expect(ofType(linesOf(readFileSync(file, "utf8")), "header")).toHaveLength(1);
});
