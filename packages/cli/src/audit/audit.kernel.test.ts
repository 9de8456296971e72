// Needs of the kernel: audit, with CAP_AUDIT_READ and CAP_AUDIT_CONTROL; root, to become nobody; the process events connector.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import {
  asNobody,
  capability,
  initialNamespaces,
  kernelTest,
  program,
  root,
} from "@task-watchers/kernel-test";
import { afterEach, expect } from "vitest";
import { endAll, installedMain, linesOf, Running } from "../running.fixture.ts";

const AUDIT = [
  initialNamespaces,
  capability("CAP_AUDIT_READ"),
  capability("CAP_AUDIT_CONTROL"),
  program("auditctl"),
];

afterEach(endAll);

/** What auditctl says that somebody has set. */
function hostState(): string {
  const settings = spawnSync("auditctl", ["-s"], { encoding: "utf8" }).stdout;
  const rules = spawnSync("auditctl", ["-l"], { encoding: "utf8" }).stdout;
  return settings.replace(/^(?:lost|backlog|backlog_wait_time_actual) .*\n/gmu, "") + rules;
}

/** The state when nobody else of ours has rules: there is one audit, and they come and go. */
async function quietState(): Promise<string> {
  for (let tries = 0; tries < 100 && hostState().includes("key=task-watchers:"); tries++) {
    await delay(100);
  }
  return hostState();
}

function command(...args: string[]) {
  const all = [installedMain(), ...args];
  return spawnSync(process.execPath, all, {
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
  });
}

kernelTest(
  "run --enable-audit knows every argument, and leaves the host as it was",
  AUDIT,
  async () => {
    const before = await quietState();
    const folder = mkdtempSync(join(tmpdir(), "cli-audit-"));
    const log = join(folder, "audit.log");
    const { status, stdout, stderr } = command(
      ...["run", "--enable-audit", "--audit-log", log, "--json", "-", "--"],
      ...["sh", "-c", "/bin/true one 'two words'; exit 7"],
    );
    expect(status, stderr).toBe(7);
    expect(hostState()).toBe(before);
    const argvs = linesOf(stdout).flatMap((line) => (line.type === "audit" ? [line["argv"]] : []));
    expect(argvs).toContainEqual(["/bin/true", "one", "two words"]);
    expect(stderr).toContain("/bin/true one 'two words'");
    const found = command("audit", "--command", "two words", log);
    expect(found.status).toBe(0);
    expect(found.stdout).toMatch(
      /root {2}pid \d+ {2}execve {2}.*\/bin\/true one 'two words' {2}ok/u,
    );
    const json = command("audit", "--json", "--syscall", "exit_group", log);
    expect(linesOf(json.stdout).map((line) => line["exitStatus"])).toContain(7);
    expect(command("audit", "--pid", "1", log).status).toBe(1);
    rmSync(folder, { recursive: true });
  },
);

kernelTest(
  "run --with audit refuses before the command where audit is off, and says what to do",
  AUDIT,
  async () => {
    const before = await quietState();
    if (/^enabled 1$/mu.test(before)) return;
    const mark = join(tmpdir(), `ran-${process.pid}`);
    const { status, stderr } = command("run", "--with", "audit", "--", "touch", mark);
    expect(status).toBe(125);
    expect(stderr).toContain("--enable-audit");
    expect(existsSync(mark)).toBe(false);
    expect(hostState()).toBe(before);
  },
);

kernelTest(
  "As nobody, audit alone is refused by its capability; beside another watcher the run goes on",
  [...AUDIT, root],
  () => {
    const main = installedMain();
    const alone = asNobody(process.execPath, [main, "run", "--with", "audit", "--", "echo", "ran"]);
    expect(alone.status).toBe(125);
    expect(alone.stderr).toContain("CAP_AUDIT_READ");
    expect(alone.stdout).toBe("");
    const both = asNobody(process.execPath, [
      ...[main, "run", "--with", "audit,delayacct", "--", "echo", "ran"],
    ]);
    expect(both.status).toBe(0);
    expect(both.stdout).toBe("ran\n");
    expect(both.stderr).toContain("CAP_AUDIT_READ");
  },
);

kernelTest("What a run leaves that was killed, the next one takes away", AUDIT, async () => {
  const before = await quietState();
  const killed = new Running(
    [process.execPath, installedMain(), "run", "--enable-audit", "--live", "--", "sleep", "4"],
    tmpdir(),
  );
  await killed.shows(/sleep 4/u);
  expect(hostState()).toContain(`task-watchers:${killed.child.pid}:`);
  killed.child.kill("SIGKILL");
  // When the command has ended, too, which has our pipe.
  await killed.ended();
  expect(hostState()).not.toBe(before);
  const next = command("run", "--enable-audit", "--quiet", "--", "true");
  expect(next.status, next.stderr).toBe(0);
  expect(hostState()).toBe(before);
});

kernelTest("audit reads whatever it is given, and names a file that it cannot", [], () => {
  const none = command("audit", "/nosuch.log");
  expect(none.status).toBe(125);
  expect(none.stderr).toContain("/nosuch.log");
  const main = readFileSync(process.execPath).subarray(0, 300_000);
  const junk = spawnSync(process.execPath, [installedMain(), "audit"], { input: main });
  expect(junk.status).toBe(1);
  expect(junk.stderr.toString()).toMatch(/lines that are no records/u);
});
