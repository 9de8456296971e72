// Needs of the kernel: perf events, the process events connector (any user since Linux 6.6); a C compiler and chromium.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  compileC,
  compiler,
  initialNamespaces,
  kernel,
  kernelTest,
  program,
  root,
} from "@task-watchers/kernel-test";
import { afterAll, beforeAll, expect } from "vitest";
import { installedMain } from "../running.fixture.ts";
import {
  closeBrowser,
  readFlamegraph,
  readFolded,
  readPprof,
  readSpeedscope,
  readTraceEvents,
  type SelfTimes,
} from "./profile-readers.fixture.ts";

const NEEDS = [kernel("6.6"), initialNamespaces, compiler];
const PARTS = ["sixty_parts", "thirty_parts", "ten_parts"];

let main = "";
let busy = "";
let folder = "";

beforeAll(() => {
  main = installedMain();
  const source = readFileSync(new URL("three-parts.c", import.meta.url), "utf8");
  busy = compileC(source, "cli-three-parts", ["-fno-omit-frame-pointer"]);
  folder = mkdtempSync(join(tmpdir(), "profile-flags-"));
}, 60_000);

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await closeBrowser();
});

interface Ended {
  readonly status: number | null;
  readonly stderr: string;
}

function run(...args: string[]): Ended {
  const { status, stderr } = spawnSync(process.execPath, [main, "run", ...args], {
    ...{ encoding: "utf8", cwd: folder, timeout: 60_000 },
    env: { ...process.env, NO_COLOR: "1", NODE_OPTIONS: "" },
  });
  return { status, stderr };
}

/** Parts of the time that the program's three functions took together, in per cent. */
function shares(times: SelfTimes): number[] {
  const parts = PARTS.map((name) => times.get(name) ?? 0);
  const all = parts.reduce((sum, part) => sum + part, 0);
  return parts.map((part) => (100 * part) / all);
}

kernelTest(
  "run writes five files of one profile, and the reader of each finds the same shares",
  [...NEEDS, program("chromium")],
  async () => {
    const files = ["a.pb.gz", "a.speedscope.json", "a.folded", "a.trace.json", "a.html"];
    const [pprof = "", speedscope = "", folded = "", events = "", page = ""] = files.map((name) =>
      join(folder, name),
    );
    const { status, stderr } = run(
      ...["--frequency", "499", "--pprof", pprof, "--speedscope", speedscope],
      ...["--folded", folded, "--trace-event", events, "--flamegraph", page],
      ...["--", busy, "2000"],
    );
    expect(status, stderr).toBe(0);
    expect(stderr).toMatch(/^CPU time by command, sampled:$/mu);
    expect(stderr).toMatch(/^ +\d+\.\d % .* sixty_parts +\S*cli-three-parts/mu);
    const expected = shares(readFolded(folded));
    for (const [i, part] of [60, 30, 10].entries()) {
      expect(Math.abs((expected[i] ?? 0) - part), `${PARTS[i]}: ${expected[i]}`).toBeLessThan(4);
    }
    const readers = {
      pprof: readPprof(pprof),
      traceEvents: readTraceEvents(events),
      speedscope: await readSpeedscope(speedscope, folder),
      flamegraph: await readFlamegraph(page),
    };
    for (const [reader, times] of Object.entries(readers)) {
      for (const [i, part] of shares(times).entries()) {
        // Speedscope shows two digits, a page has whole pixels.
        expect(Math.abs(part - (expected[i] ?? 0)), `${reader}: ${PARTS[i]}`).toBeLessThan(1);
      }
    }
  },
);

kernelTest("What cannot be written is refused before the command runs", NEEDS, () => {
  const ran = join(folder, "ran");
  const bad: readonly (readonly [options: string[], message: RegExp])[] = [
    [["--pprof", "/proc/x"], /cannot write "\/proc\/x": ENOENT/u],
    [["--folded", "nowhere/x"], /cannot write "nowhere\/x": ENOENT/u],
    [["--flamegraph", "."], /cannot write "\.": is a directory/u],
    [["--folded", "x", "--pprof", "./x"], /two outputs to one file, "x"\ntry: task-watchers/u],
    [["--frequency", "999999999"], /perf_event_max_sample_rate allows \d+ at most/u],
    [["--frequency", "0"], /--frequency must be at least 1/u],
    [["--split", "thread", "--folded", "x"], /--split must be merged, command, task/u],
  ];
  for (const [options, message] of bad) {
    const { status, stderr } = run(...options, "--", "touch", ran);
    expect(stderr).toMatch(message);
    // A stack trace would say that we are at fault.
    expect(stderr).not.toMatch(/^ {4}at /mu);
    expect(status).toBe(125);
  }
  expect(existsSync(ran)).toBe(false);
});

kernelTest("A file that cannot be written at the end is told of, quiet or not", NEEDS, () => {
  const { status, stderr } = run("-q", "--folded", "/dev/full", "--", busy, "500");
  expect(stderr).toMatch(/^task-watchers: cannot write "\/dev\/full": ENOSPC/u);
  expect(status).toBe(0);
});

kernelTest(
  "--node-perf-maps names functions in a pid namespace too, and leaves no map behind",
  [...NEEDS, root, program("unshare")],
  () => {
    // It stays a while: on a machine that is busy we may not have come to look at it before.
    const script = `function spin(n) { let s = 0; for (let i = 0; i < n; i++) s += Math.sqrt(i); return s; }
      while (process.cpuUsage().user < 700_000) spin(1e5);
      console.error("pid", process.pid);
      setTimeout(() => {}, 4000);`;
    const folded = join(folder, "node.folded");
    for (const before of [[], ["unshare", "--pid", "--fork", "--mount-proc"]]) {
      const { status, stderr } = run(
        ...["--node-perf-maps", "--folded", folded, "--", ...before],
        // Or else its name may be gone into that of its caller, as soon as there is time to compile that.
        ...[process.execPath, "--no-turbo-inlining", "-e", script],
      );
      expect(status, stderr).toBe(0);
      expect([...readFolded(folded).keys()]).toContain("spin");
      const pid = /^pid (\d+)$/mu.exec(stderr)?.[1];
      expect(pid).toBeDefined();
      expect(existsSync(`/tmp/perf-${pid}.map`)).toBe(false);
    }
  },
);

/** A function with the symbol of a C++ one, in a program with symbols or without. */
const SPIN = `
#include <time.h>
__attribute__((noinline)) void _ZN5space4spinEl(long n) { for (volatile long i = 0; i < n; i++); }
int main(void) { while (clock() < CLOCKS_PER_SEC / 2) _ZN5space4spinEl(100000); }`;

kernelTest("The summary has names as in the source, if c++filt is there", NEEDS, () => {
  const spin = compileC(SPIN, "cli-spin", ["-fno-omit-frame-pointer"]);
  const { stderr } = run("--with", "profile", "--", spin);
  const name = existsSync("/usr/bin/c++filt") ? "space::spin(long)" : "_ZN5space4spinEl";
  expect(stderr).toMatch(/^Hottest functions of cli-spin\S*:$/mu);
  expect(stderr).toContain(`  ${name}  `);
});

kernelTest("The summary adds up what has no symbol, by file", NEEDS, () => {
  const spin = compileC(SPIN, "cli-spin-stripped", ["-fno-omit-frame-pointer", "-s"]);
  const { stderr } = run("--with", "profile", "--", spin);
  const rows = stderr.split("\n").filter((line) => line.includes("  [no symbol]  "));
  expect(rows.filter((row) => row.includes("cli-spin-stripped"))).toHaveLength(1);
  expect(stderr).not.toContain("+0x");
});

kernelTest("Names of files and functions reach neither the terminal nor a page", NEEDS, () => {
  const name = "e\u001b[31m;\n<script>v";
  mkdirSync(join(folder, "hostile"));
  spawnSync("cp", [busy, join(folder, "hostile", name)]);
  const [folded, page] = [join(folder, "h.folded"), join(folder, "h.html")];
  const { stderr } = run(
    ...["--folded", folded, "--flamegraph", page, "--", `./hostile/${name}`, "200"],
  );
  expect(stderr).toContain("e\\x1b[31m;\\x0a<script>v");
  expect(stderr).not.toContain("\u001b");
  expect(readFileSync(folded, "utf8")).toContain("e\\u001b[31m\\u003b\\u000a<script>v;");
  expect(readFileSync(page, "utf8")).not.toContain("<script>v");
});
