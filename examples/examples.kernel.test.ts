// Needs of the kernel: the process events connector (any user since Linux 6.6), pidfds, SysV semaphores, perf events; root for
// taskstats and audit. Each example is run as its reader would run it.
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { initialNamespaces, installed, kernel, kernelTest, root } from "@task-watchers/kernel-test";
import { afterAll, beforeAll, expect } from "vitest";

const NEEDS = [kernel("6.6"), initialNamespaces];
const WATCHERS = ["audit", "delayacct", "profile", "semundo"] as const;
/** The examples beside packages as their reader has them: compiled, and none of the sources. */
const place = mkdtempSync(join(tmpdir(), "task-watchers-examples-"));
afterAll(() => rmSync(place, { recursive: true, force: true }));
beforeAll(() => {
  const packages = installed("cli", "chain", "linux", "tasks", ...WATCHERS);
  cpSync(import.meta.dirname, place, {
    recursive: true,
    filter: (path) => !path.includes("node_modules"),
  });
  symlinkSync(join(packages, "node_modules"), join(place, "node_modules"));
});

function example(file: string, args: readonly string[] = []): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [join(place, file), ...args], {
    encoding: "utf8",
    timeout: 20_000,
  });
}

function inDirectory(use: (directory: string) => void): void {
  const directory = mkdtempSync(join(tmpdir(), "task-watchers-example-"));
  try {
    use(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

kernelTest(
  "supervise.js ends all that descends from a command, daemons and storms too",
  NEEDS,
  () => {
    const mark = `3600.${process.pid}`;
    const daemon = `setsid sh -c "sleep ${mark}; :" & `;
    const storm = "f() { while :; do (exec true) & done; }; f & f &";
    const { stdout, status } = example("supervise.js", [
      "1",
      "sh",
      "-c",
      `${daemon}${storm} sleep ${mark}`,
    ]);
    // SIGKILL's, as a shell has it.
    expect(status).toBe(137);
    expect(Number(/^ended (\d+) processes$/mu.exec(stdout)?.[1])).toBeGreaterThan(3);
    expect(spawnSync("pgrep", ["-f", `sleep ${mark}`], { encoding: "utf8" }).stdout).toBe("");
  },
);

kernelTest("supervise.js ends as its command did, and says how to call it", NEEDS, () => {
  expect(example("supervise.js", ["20", "sh", "-c", "exit 7"]).status).toBe(7);
  expect(example("supervise.js", ["20", "/no/such/command"]).status).toBe(127);
  const { status, stderr } = example("supervise.js");
  expect({ status, stderr }).toEqual({
    status: 125,
    stderr: "usage: node supervise.js SECONDS COMMAND [ARGUMENT…]\n",
  });
});

kernelTest("ci-step.js fails when a child failed unnoticed, and only then", NEEDS, () => {
  const bad = example("ci-step.js", ["sh", "-c", "ls /nonexistent 2>&-; true"]);
  expect(bad).toMatchObject({ status: 1, stderr: '2  ["ls","/nonexistent"]\n' });
  expect(example("ci-step.js", ["sh", "-c", "grep -q x /dev/null; true"]).status).toBe(0);
  expect(example("ci-step.js", ["sh", "-c", "exit 4"]).status).toBe(4);
});

kernelTest("peak-memory.js knows the peak of each program", [...NEEDS, root], () => {
  const hog = "head -c 50000000 /dev/zero | tail >/dev/null; exit 0";
  const { stdout } = example("peak-memory.js", ["sh", "-c", hog]);
  const [, mib] = /^ *([\d.]+) MiB +\d+ {2}"[^"]*\/tail"$/mu.exec(stdout) ?? [];
  expect(Number(mib)).toBeGreaterThan(40);
  expect(stdout).not.toContain("not known");
});

kernelTest("audit-trail.js tells of what ran and of what could not", [...NEEDS, root], () => {
  const { stdout, status } = example("audit-trail.js", [
    "sh",
    "-c",
    "/bin/true 'a b'; /no/such; exit 0",
  ]);
  expect(stdout).toMatch(/^\d+ uid 0 \S+ \["\/bin\/true","a b"\]$/mu);
  expect(stdout).toMatch(/^\d+ could not run "\/no\/such" ENOENT$/mu);
  expect(stdout).not.toContain("missing");
  expect(status).toBe(0);
});

kernelTest("limit.js has at most so many at once", NEEDS, () => {
  const name = `example-${process.pid}`;
  const limit = `'${process.execPath}' '${join(place, "limit.js")}' ${name} 1`;
  inDirectory((directory) => {
    const log = join(directory, "log");
    const job = `sh -c 'echo in; sleep 0.3; echo out' >>'${log}'`;
    spawnSync("sh", ["-c", `${limit} ${job} & ${limit} ${job} & wait`], { timeout: 20_000 });
    expect(readFileSync(log, "utf8")).toBe("in\nout\nin\nout\n");
  });
});

kernelTest("profile-tests.js draws a test run", NEEDS, () => {
  inDirectory((directory) => {
    const [test, page] = [join(directory, "busy.test.js"), join(directory, "page.html")];
    const busy = "function busyBee() { const end = Date.now() + 500; while (Date.now() < end); }";
    writeFileSync(test, `${busy}\nrequire("node:test")("is busy", busyBee);\n`);
    expect(example("profile-tests.js", [page, test]).status).toBe(0);
    expect(readFileSync(page, "utf8")).toContain("busyBee");
  });
});

kernelTest("bare-chain.js needs nothing of the host", [], () => {
  const expected = "job 0: billed\njob 1: free of charge\njob 2: billed\n0 jobs at work\n";
  expect(example("bare-chain.js")).toMatchObject({ stdout: expected, stderr: "", status: 0 });
});

kernelTest("A watcher of a third party is loaded by its path, and says what it saw", NEEDS, () => {
  const cli = join(place, "node_modules/task-watchers/dist/main.js");
  inDirectory((directory) => {
    const trace = join(directory, "trace.jsonl");
    const watchers = ["forbidden-command", "watcher-template"].flatMap((name) => [
      "--with",
      join(place, name, "index.js"),
    ]);
    const command = ["sh", "-c", "/bin/true one; exit 0"];
    const { stderr, stdout, status } = spawnSync(
      process.execPath,
      [cli, "run", ...watchers, "--json", trace, "--", ...command],
      { encoding: "utf8", env: { ...process.env, FORBIDDEN: "true" }, timeout: 20_000 },
    );
    expect(status).toBe(0);
    expect(stdout + stderr).toContain("ran though forbidden");
    const lines = readFileSync(trace, "utf8");
    expect(lines).toContain('"type":"forbidden"');
    expect(lines).toContain('"type":"template.programs"');
  });
});
