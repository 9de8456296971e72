// Needs of the kernel: seccomp user notification (any user since Linux 5.5) and process events (6.6); other users and namespaces as root.
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  compiler,
  initialNamespaces,
  kernel,
  kernelTest,
  nobodyCommand,
  program,
  root,
} from "@task-watchers/kernel-test";
import type { AnyLine } from "@task-watchers/trace";
import { afterAll, beforeAll, expect } from "vitest";
import { installedMain, linesOf } from "../running.fixture.ts";

const NEEDS = [kernel("6.6"), initialNamespaces];
const NAMESPACES = ["--user", "--map-root-user", "--pid", "--net", "--mount-proc", "--fork"];

let main = "";
let dir = "";

beforeAll(() => {
  main = installedMain();
  dir = mkdtempSync(join(tmpdir(), "run-stop-"));
  chmodSync(dir, 0o777);
});

afterAll(() => rmSync(dir, { recursive: true }));

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The trace. */
  readonly lines: readonly AnyLine[];
}

type Place = (command: readonly string[]) => readonly string[];

const PLACES: Readonly<Record<string, Place>> = {
  "as we are": (command) => command,
  "as nobody": ([file = "", ...args]) => nobodyCommand(file, args),
  "in new namespaces": (command) => ["unshare", ...NAMESPACES, ...command],
};

/** `task-watchers run` of a command, to its end. */
function run(options: readonly string[], command: readonly string[], place = "as we are"): Ran {
  const trace = join(dir, `trace-${Math.random()}`);
  const ours = [process.execPath, main, "run", "--json", trace, ...options, "--", ...command];
  const [file = "", ...args] = PLACES[place]?.(ours) ?? ours;
  const { status, stdout, stderr } = spawnSync(file, args, {
    encoding: "utf8",
    cwd: dir,
    timeout: 110_000,
    env: { ...process.env, NO_COLOR: "1", COLUMNS: "500", PATH: "/usr/bin:/bin" },
    maxBuffer: 1e9,
  });
  const lines = existsSync(trace) ? linesOf(readFileSync(trace, "utf8")) : [];
  return { status, stdout, stderr, lines };
}

function ofType(lines: readonly AnyLine[], type: string): AnyLine[] {
  return lines.filter((line) => line.type === type);
}

/** Sixteen shells that run as many programs at the same time, each with an argument of its own. */
const STORM = `for n in $(seq 16); do
  sh -c 'i=0; while [ $i -lt 300 ]; do /bin/true $0 $i; i=$((i+1)); done' $n &
done; wait`;

for (const place of Object.keys(PLACES)) {
  kernelTest(
    `run ${place} misses no argument of 4,800 execs, 16 at a time`,
    [...NEEDS, root],
    () => {
      const { status, stderr, lines } = run(["--source", "stop"], ["sh", "-c", STORM], place);
      expect(status).toBe(0);
      const execs = ofType(lines, "exec");
      const total = 1 + 1 + 16 + 4800;
      expect(execs).toHaveLength(total);
      expect(execs.every(({ source, stopped }) => source === "stop" && stopped === true)).toBe(
        true,
      );
      const made = execs.flatMap(({ argv }) => (Array.isArray(argv) ? [argv.join(" ")] : []));
      const wanted = Array.from(
        { length: 4800 },
        (_, i) => `/bin/true ${1 + Math.floor(i / 300)} ${i % 300}`,
      );
      expect(made.filter((line) => line.startsWith("/bin/true ")).toSorted()).toEqual(
        wanted.toSorted(),
      );
      expect(ofType(lines, "exec-failed")).toEqual([]);
      expect(lines[0]).toMatchObject({ source: { execs: "stop" } });
      expect(lines.at(-1)).toMatchObject({
        type: "summary",
        execs: { total, bySource: { stop: total }, missed: {} },
      });
      expect(stderr).toContain("execs 4,818, all with their arguments (stop)");
    },
  );
}

kernelTest("run stops a storm of vfork and exec without missing one", NEEDS, () => {
  const { status, lines } = run([], ["sh", "-c", "seq 1000 | xargs -P 16 -n 1 /bin/echo"]);
  expect(status).toBe(0);
  const made = ofType(lines, "exec").flatMap(({ argv }) => (Array.isArray(argv) ? [argv] : []));
  const echoed = made.filter(([name]) => name === "/bin/echo").map(([, n]) => Number(n));
  expect(echoed.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1));
});

kernelTest(
  "run in new namespaces, where the connector tells nothing, tells of every task all the same",
  [...NEEDS, root],
  () => {
    const { status, stderr, lines } = run(
      [],
      ["sh", "-c", 'sh -c "exit 4"; (exit 6); exit 5'],
      "in new namespaces",
    );
    expect(status).toBe(5);
    expect(stderr).toMatch(
      /^process events are not available: .*; calls of the command are stopped instead$/mu,
    );
    expect(lines[0]).toMatchObject({ source: { kind: "descent", execs: "stop" } });
    expect(ofType(lines, "exec").map(({ argv }) => argv)).toEqual([
      ["sh", "-c", 'sh -c "exit 4"; (exit 6); exit 5'],
      ["sh", "-c", "exit 4"],
    ]);
    expect(ofType(lines, "clone")).toHaveLength(3);
    expect(ofType(lines, "exit").map(({ code }) => code)).toEqual([4, 6, 5]);
  },
);

kernelTest(
  "run --deny has programs of a build fail, and the rest go on",
  [...NEEDS, compiler, program("make")],
  () => {
    writeFileSync(
      join(dir, "Makefile"),
      "all: a.o b.o c\n%.o: %.c\n\tcc -c -o $@ $<\nc:\n\techo made c\n",
    );
    writeFileSync(join(dir, "a.c"), "int a;\n");
    writeFileSync(join(dir, "b.c"), "int b;\n");
    const { status, stdout, stderr, lines } = run(["--deny", "cc1"], ["make", "-k"]);
    expect(status).toBe(2);
    expect(stdout).toContain("made c");
    expect(stderr).toContain("[exec of cc1: EACCES, refused by deny]");
    expect(stderr).toMatch(/; 2 execs refused by deny; /u);
    const failed = ofType(lines, "exec-failed").filter(({ refused }) => refused !== undefined);
    expect(failed).toHaveLength(2);
    for (const line of failed) {
      expect(line).toMatchObject({
        path: expect.stringMatching(/\/cc1$/u),
        argv: expect.arrayContaining([expect.stringMatching(/[ab]\.c$/u)]),
        code: "EACCES",
        refused: { by: "deny", errno: 13 },
        certain: true,
        raised: true,
      });
    }
    expect(existsSync(join(dir, "a.o"))).toBe(false);
  },
);

/** What somebody other than root is told besides. */
const OF_OTHERS = /^set-user-ID programs [^\n]*\n/u;

kernelTest(
  "run --deny fails a command that is denied itself as one that cannot be run",
  NEEDS,
  () => {
    const { status, stderr } = run(["--deny", "true"], ["true"]);
    expect(status).toBe(126);
    expect(stderr.replace(OF_OTHERS, "")).toBe("task-watchers: true: cannot be run (EACCES)\n");
  },
);

kernelTest("run tells execs that failed where nothing else was run instead", NEEDS, () => {
  writeFileSync(join(dir, "no-format"), "echo hello\n", { mode: 0o755 });
  writeFileSync(join(dir, "no-interpreter"), "#!/no/such\n", { mode: 0o755 });
  const script = "env true; env no-such; ./no-format; ./no-interpreter; exit 0";
  const { stderr, lines } = run([], ["bash", "-c", script]);
  expect(stderr).toMatch(/127 +[├└]─ env no-such \[exec of no-such: ENOENT\]/u);
  expect(stderr).toMatch(/0 +[├└]─ \(bash -c .*\) \[exec of no-format: ENOEXEC\]/u);
  expect(stderr).toMatch(/127 +[├└]─ \(bash -c .*\) \[exec of no-interpreter: ENOENT\]/u);
  expect(stderr).toMatch(/0 +[├└]─ true$/mu);
  // The kernel's own events are the proof.
  for (const line of ofType(lines, "exec-failed")) expect(line).toMatchObject({ certain: true });
  const raised = ofType(lines, "exec-failed").filter((line) => line["raised"] === true);
  expect(raised.map(({ path }) => path)).toEqual([
    join(dir, "no-format"),
    join(dir, "no-interpreter"),
  ]);
});

kernelTest(
  "run --source bpf has every argument and stops nothing",
  [...NEEDS, kernel("5.8"), root],
  () => {
    const { status, stderr, lines } = run(
      ["--source", "bpf"],
      ["sh", "-c", "for i in 1 2 3; do /bin/true $i; done; exit 3"],
    );
    expect(status).toBe(3);
    expect(stderr).toMatch(/execs 4, all with their arguments \(bpf\)/u);
    expect(lines[0]).toMatchObject({ source: { kind: "bpf", execs: "bpf" }, scope: "followed" });
    const ran = ofType(lines, "exec");
    expect(ran.map(({ argv }) => argv).slice(1)).toEqual(
      ["1", "2", "3"].map((n) => ["/bin/true", n]),
    );
    expect(ran.every((line) => !("stopped" in line))).toBe(true);
  },
);

kernelTest("run --source bpf says what it lacks, and runs nothing", [...NEEDS, root], () => {
  const { status, stderr } = run(["--source", "bpf"], ["touch", "made"], "as nobody");
  expect(status).toBe(125);
  expect(stderr).toMatch(/EPERM.*CAP_BPF|CAP_BPF.*EPERM/su);
  expect(existsSync(join(dir, "made"))).toBe(false);
});

kernelTest("run tells the failure of a program that was there a moment ago", NEEDS, () => {
  const script = `cp /bin/true $0; $0; $0; rm $0; env $0; exit 0`;
  const { lines } = run([], ["sh", "-c", script, join(dir, "fleeting")]);
  expect(
    ofType(lines, "exec-failed").filter(({ path }) => path === join(dir, "fleeting")),
  ).toMatchObject([{ code: "ENOENT", certain: true }]);
});

kernelTest("run goes on without a watcher that never answers, and names it", NEEDS, () => {
  const slow = join(dir, "slow.mjs");
  writeFileSync(
    slow,
    `globalThis[Symbol.for("@task-watchers/chain.1")].load({ name: "slow", version: "1.0.0",
       watcher: { name: "slow", exec: () => new Promise(() => {}) } });`,
  );
  const { status, stderr, lines } = run(["--with", slow], ["sh", "-c", "exit 3"]);
  expect(status).toBe(3);
  expect(stderr).toMatch(/^an exec went on because watcher slow had not answered in time$/mu);
  expect(stderr).toMatch(/; 1 exec went on, slow had not answered; /u);
  expect(lines.at(-1)).toMatchObject({ counters: { stopped: { late: { slow: 1 } } } });
});

kernelTest("run goes on after a watcher that throws, and names it", NEEDS, () => {
  const bad = join(dir, "bad.mjs");
  writeFileSync(
    bad,
    `globalThis[Symbol.for("@task-watchers/chain.1")].load({ name: "bad", version: "1.0.0",
       watcher: { name: "bad", exec() { throw new Error("no idea"); } } });`,
  );
  const { status, stderr } = run(["--with", bad], ["sh", "-c", "exit 3"]);
  expect(status).toBe(3);
  expect(stderr).toMatch(/watcher "bad" failed at exec .*no idea/u);
});

kernelTest("The command runs to its end when run is killed", NEEDS, async () => {
  const [begun, done] = [join(dir, "begun"), join(dir, "done")];
  const script = `echo > ${begun}; i=0; while [ $i -lt 300 ]; do /bin/true; i=$((i+1)); done; echo $i > ${done}`;
  const child = spawn(
    process.execPath,
    [main, "run", "-q", "--source", "stop", "sh", "-c", script],
    { stdio: "ignore" },
  );
  while (!existsSync(begun)) await sleep(2);
  child.kill("SIGKILL");
  while (!existsSync(done) || readFileSync(done, "utf8") === "") await sleep(20);
  expect(readFileSync(done, "utf8")).toBe("300\n");
});

kernelTest(
  "run inside run says why it does not stop execs, and the outer one still sees all",
  NEEDS,
  () => {
    const inner = [process.execPath, main, "run", "--", "sh", "-c", "/bin/true; exit 6"];
    const { status, stderr, lines } = run(["-q"], inner);
    expect(status).toBe(6);
    expect(stderr).toMatch(
      /^execs cannot be stopped: .*\(EBUSY\).*; arguments are read from \/proc/mu,
    );
    expect(ofType(lines, "exec").map(({ argv }) => argv)).toContainEqual(["/bin/true"]);
  },
);

kernelTest("run inside run refuses before the command when execs have to be stopped", NEEDS, () => {
  for (const option of [
    ["--deny", "x"],
    ["--source", "stop"],
  ]) {
    const inner = [process.execPath, main, "run", ...option, "--", "echo", "ran"];
    const { status, stdout, stderr } = run(["-q"], inner);
    expect(status).toBe(125);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^task-watchers: execs cannot be stopped: .*\(EBUSY\)/u);
  }
});

kernelTest(
  "run says when set-user-ID programs lose their rights, and how they keep them",
  [...NEEDS, root],
  () => {
    const note =
      /^set-user-ID programs such as sudo gain no rights in this command; --no-exec-stop/mu;
    const grep = ["grep", "NoNewPrivs", "/proc/self/status"];
    const stopped = run([], grep, "as nobody");
    expect(stopped.stderr).toMatch(note);
    expect(stopped.stdout).toMatch(/\t1$/mu);
    const free = run(["--no-exec-stop"], grep, "as nobody");
    expect(free.stderr).not.toMatch(note);
    expect(free.stdout).toMatch(/\t0$/mu);
    expect(run([], grep).stderr).not.toMatch(note);
  },
);

kernelTest(
  "A debugger in the command sees its programs, and so does run",
  [...NEEDS, program("strace")],
  () => {
    const log = join(dir, "strace");
    const traced = [
      "strace",
      "-f",
      "-e",
      "trace=execve",
      "-o",
      log,
      "sh",
      "-c",
      "/bin/true; exit 3",
    ];
    const { status, lines } = run([], traced);
    expect(status).toBe(3);
    expect(readFileSync(log, "utf8")).toMatch(/execve\("\/bin\/true", .* = 0$/mu);
    expect(ofType(lines, "exec").map(({ argv }) => argv)).toContainEqual(["/bin/true"]);
  },
);

kernelTest(
  "The command finds the same limits, environment, signals and descriptors either way",
  NEEDS,
  () => {
    // Not SigQ: what of its signals other processes of this user have not received yet.
    const script = `ulimit -a; env | sort; umask; nice; grep -E "^(Sig[^Q]|Shd|Cap|Groups|Uid|Cpus)" /proc/self/status
    ls /proc/self/fd; cat /proc/$$/oom_score_adj /proc/$$/timerslack_ns; readlink /proc/$$/fd/0 /proc/$$/fd/2`;
    const [stopped, free] = [[], ["--no-exec-stop"]].map(
      (options) => run(["-q", ...options], ["sh", "-c", script]).stdout,
    );
    expect(stopped?.split("\n").length).toBeGreaterThan(20);
    expect(stopped?.replaceAll(/:\[\d+\]/gu, "")).toBe(free?.replaceAll(/:\[\d+\]/gu, ""));
  },
);
