// Needs of the kernel: audit, with CAP_AUDIT_READ and CAP_AUDIT_CONTROL; root, to become nobody; the process events connector.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

kernelTest(
  "A log that cannot be written to is refused before the command, also beside other watchers",
  AUDIT,
  async () => {
    const before = await quietState();
    const folder = mkdtempSync(join(tmpdir(), "cli-audit-"));
    const mark = join(folder, "ran");
    for (const more of [[], ["--with", "delayacct"]]) {
      const { status, stderr } = command(
        ...["run", ...more, "--enable-audit", "--audit-log", join(folder, "none", "audit.log")],
        ...["--", "touch", mark],
      );
      expect(status).toBe(125);
      expect(stderr).toMatch(/ENOENT.*none\/audit\.log/u);
    }
    expect(existsSync(mark)).toBe(false);
    expect(hostState()).toBe(before);
    rmSync(folder, { recursive: true });
  },
);

/** A log of so many events; the last line has no end. */
function logOf(folder: string, name: string, events: number): string {
  const path = join(folder, name);
  const lines = Array.from({ length: events }, (_, n) =>
    [
      `type=SYSCALL msg=audit(1700000000.000:${n + 1}): arch=c000003e syscall=59 success=yes exit=0 pid=7 uid=0`,
      `type=PROCTITLE msg=audit(1700000000.000:${n + 1}): proctitle="${name}"`,
    ].join("\n"),
  );
  writeFileSync(path, lines.join("\n"));
  return path;
}

kernelTest("audit ends quietly when its reader has gone", [], () => {
  const folder = mkdtempSync(join(tmpdir(), "cli-audit-"));
  const log = logOf(folder, "a", 20_000);
  const script = `"$0" "$1" audit "$2" | head -1; echo "\${PIPESTATUS[0]}"`;
  const { stdout, stderr } = spawnSync("bash", [
    ...["-c", script, process.execPath, installedMain(), log],
  ]);
  expect(stderr.toString()).toBe("");
  expect(stdout.toString()).toMatch(/execve.*\n0\n$/u);
  rmSync(folder, { recursive: true });
});

kernelTest("audit reads several logs, the first of which breaks off in a line", [], () => {
  const folder = mkdtempSync(join(tmpdir(), "cli-audit-"));
  const { status, stdout, stderr } = command(
    ...["audit", "--raw", logOf(folder, "a", 2), logOf(folder, "b", 3)],
  );
  expect(status).toBe(0);
  expect(stdout.match(/^type=SYSCALL/gmu)).toHaveLength(5);
  expect(stderr).toMatch(/; 2 files that end in the middle of a line$/mu);
  rmSync(folder, { recursive: true });
});

kernelTest("audit --ecs and --raw print nothing that acts on a terminal", [], () => {
  const bytes = Buffer.from("\u009b2J\u202e\u2066").toString("latin1");
  const input = Buffer.from(
    `type=USER_CMD msg=audit(1.000:1): pid=1 uid=0 exe="/${bytes}" msg='op=${bytes} res=success'\n`,
    "latin1",
  );
  for (const form of ["--ecs", "--raw", "--json"]) {
    const { stdout } = spawnSync(process.execPath, [installedMain(), "audit", form], { input });
    expect(stdout.toString()).toContain("USER_CMD");
    expect(stdout.toString(), form).not.toMatch(/[\u0080-\u009f\u202a-\u202e\u2066-\u2069]/u);
  }
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
