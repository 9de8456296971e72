// Needs of the kernel: audit, with CAP_AUDIT_READ and CAP_AUDIT_CONTROL, in the initial namespaces; the process events connector.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Watch } from "@task-watchers/chain";
import { capability, initialNamespaces, kernelTest, program } from "@task-watchers/kernel-test";
import { encodeText } from "@task-watchers/linux";
import { expect } from "vitest";
import { auditState, keepingAudit } from "../client/audit-state.fixture.ts";
import { fromAuditLine } from "../trail/audit-line.ts";
import { createAudit } from "./audit.ts";
import { runAudited } from "./run-audited.fixture.ts";

const NEEDS = [
  initialNamespaces,
  capability("CAP_AUDIT_READ"),
  capability("CAP_AUDIT_CONTROL"),
  capability("CAP_NET_ADMIN"),
];

const RUN_EACH = 'for i in 1 2 3; do /bin/true "$i"; done; /bin/sh -c "exec /bin/echo a b"; exit 3';

kernelTest("Every exec of a tree has its record, and the host is as it was", NEEDS, async () => {
  await keepingAudit(async (client) => {
    const before = await auditState(client);
    const { tasks, own, status, errors, lost } = await runAudited(["/bin/sh", "-c", RUN_EACH]);
    expect(errors).toEqual([]);
    expect(await auditState(client)).toEqual(before);
    const argvs = tasks.flatMap(({ execs }) => execs.map(({ facts }) => facts?.argv));
    const { recordsLost, unrecorded } = status.counters;
    if (lost === 0 && recordsLost === 0) {
      expect(unrecorded).toBe(0);
      expect(argvs).toEqual(
        expect.arrayContaining([
          ["/bin/sh", "-c", RUN_EACH],
          ["/bin/true", "1"],
          ["/bin/true", "2"],
          ["/bin/true", "3"],
          ["/bin/echo", "a", "b"],
        ]),
      );
    }
    expect(own.execs[0]?.facts).toMatchObject({ success: true, cwd: process.cwd(), uid: 0 });
    expect(own.events.find(({ syscallName }) => syscallName === "exit_group")).toMatchObject({
      exitStatus: 3,
    });
  });
});

kernelTest("Execs that fail are told with what was tried and why", NEEDS, async () => {
  await keepingAudit(async () => {
    const body =
      'const {execFileSync}=require("child_process");try{execFileSync("/nosuch/x")}catch{};try{execFileSync("/etc/passwd")}catch{}';
    const { tasks } = await runAudited([process.execPath, "-e", body]);
    const failed = tasks.flatMap(({ failedExecs }) =>
      failedExecs.map(({ errno, paths }) => `${errno} ${paths[0]?.name}`),
    );
    expect(failed).toEqual(["ENOENT /nosuch/x", "EACCES /etc/passwd"]);
  });
});

kernelTest("Changes of ids are told, with those that were had then", NEEDS, async () => {
  await keepingAudit(async () => {
    const { tasks } = await runAudited([
      "setpriv",
      "--reuid=65534",
      "--regid=65534",
      "--clear-groups",
      "/bin/true",
    ]);
    const calls = tasks.flatMap(({ events }) => events.map(({ syscallName }) => syscallName));
    expect(calls).toEqual(expect.arrayContaining(["setresuid", "setresgid", "setgroups"]));
    const after = tasks[0]?.execs.at(-1)?.facts;
    expect(after).toMatchObject({ uid: 65534, gid: 65534, argv: ["/bin/true"] });
  });
});

/** Arguments that break careless formats: line ends, quotes, escapes, every byte there can be, a record of their own. */
const HOSTILE: readonly Buffer[] = [
  Buffer.from("a\nb\r\nc"),
  Buffer.from('"; type=SYSCALL msg=audit(1.000:1): \u001b[2J'),
  Buffer.from('type=EXECVE msg=audit(1700000000.000:99): argc=1 a0="forged"'),
  Buffer.from(Array.from({ length: 255 }, (_, i) => i + 1)),
  Buffer.from(""),
  Buffer.from("DEAD"),
  Buffer.alloc(70_000, "x"),
];

kernelTest(
  "Hostile arguments come through the trace and the log byte by byte, and forge no line",
  [...NEEDS, program("ausearch"), program("perl")],
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "audit-"));
    const path = join(folder, "audit.log");
    try {
      await keepingAudit(async () => {
        // Node.js passes arguments on as UTF-8 only.
        const words = HOSTILE.map((word) => `pack("H*", "${word.toString("hex")}")`).join(", ");
        const script = join(folder, "run.pl");
        writeFileSync(script, `exec {"/bin/true"} "true", ${words};`);
        const { own, lines, status } = await runAudited(["perl", script], { log: { path } });
        const argv = own.execs.at(-1)?.facts?.argv ?? [];
        expect(argv.slice(1).map((word) => Buffer.from(encodeText(String(word))))).toEqual(HOSTILE);
        const told = lines.map((line) => fromAuditLine(JSON.parse(JSON.stringify(line))));
        expect(told.some((line) => JSON.stringify(line?.facts.argv) === JSON.stringify(argv))).toBe(
          true,
        );
        const { logged, logDropped } = status.counters;
        expect(logDropped).toBe(0);
        const text = readFileSync(path, "latin1");
        expect(text.split("\n").filter((line) => line !== "" && !line.startsWith("type="))).toEqual(
          [],
        );
        expect(text).not.toContain("1700000000.000");
        const { stdout, stderr } = spawnSync("ausearch", ["-if", path, "--format", "raw"], {
          encoding: "latin1",
          maxBuffer: 64 * 1024 * 1024,
        });
        expect(stderr).toBe("");
        const events = new Set(stdout.match(/msg=audit\([\d.]+:\d+\)/gu));
        expect(events.size).toBe(logged);
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

kernelTest("A storm of short programs: what has no record is counted as lost", NEEDS, async () => {
  await keepingAudit(async () => {
    const body =
      "for i in $(seq 20); do (for j in $(seq 50); do /bin/true $i $j; done) & done; wait";
    const { tasks, status, lost, errors } = await runAudited(["/bin/sh", "-c", body]);
    expect(errors).toEqual([]);
    const told = new Set(
      tasks.flatMap(({ execs }) => execs.map(({ facts }) => facts?.argv?.slice(1).join(" "))),
    );
    const wanted = Array.from({ length: 20 }, (_, i) => i + 1).flatMap((i) =>
      Array.from({ length: 50 }, (_, j) => `${i} ${j + 1}`),
    );
    const missing = wanted.filter((words) => !told.has(words)).length;
    const { recordsLost, lostInKernel, unrecorded, ambiguous } = status.counters;
    process.stderr.write(
      `${missing} of 1000 without a record, ${recordsLost} and ${lostInKernel} lost, ${lost} events lost\n`,
    );
    const losses = Number(recordsLost) + Number(lostInKernel) + Number(ambiguous) + lost;
    expect(missing).toBeLessThanOrEqual(Number(unrecorded) + losses);
    if (losses === 0) expect(missing).toBe(0);
  });
});

kernelTest("A crash is told, however soon the watch ends after it", NEEDS, async () => {
  await keepingAudit(async () => {
    // One long before the end of the watch, one just before.
    const crash = 'sh -c "kill -SEGV \\$\\$"';
    const { lines, tasks, status, lost } = await runAudited([
      "/bin/sh",
      "-c",
      `exec 2>/dev/null; ulimit -c 0; ${crash}; sleep 4; ${crash}; true`,
    ]);
    if (lost > 0) return;
    const ids = tasks.filter(({ exit }) => exit.signal === 11).map(({ task }) => task.id);
    expect(ids).toHaveLength(2);
    const told = lines.filter(({ record }) => record === "ANOM_ABEND");
    const { recordsLost, lostInKernel, crowdedOut } = status.counters;
    if (Number(recordsLost) + Number(lostInKernel) + Number(crowdedOut) > 0) return;
    expect(told.map(({ task, signal }) => [task, signal])).toEqual(ids.map((id) => [id, 11]));
  });
});

kernelTest("Execs beyond the thousandth of one process are counted", NEEDS, async () => {
  await keepingAudit(async () => {
    const body = '[ "$0" -lt 1100 ] && exec /bin/sh -c "$1" $(($0 + 1)) "$1"; exit 0';
    const { own, status, lost } = await runAudited(["/bin/sh", "-c", body, "1", body]);
    const argvs = own.execs.map(({ facts }) => facts?.argv?.[3]);
    const { recordsLost, lostInKernel } = status.counters;
    if (lost + Number(recordsLost) + Number(lostInKernel) > 0) return;
    expect(own.execs.length + own.unkeptExecs).toBe(1100);
    expect(own.unkept).toBeGreaterThan(0);
    // The first one may be from before the watch.
    const first = Number(argvs.find((argv) => argv !== undefined));
    expect(argvs.length).toBeGreaterThan(500);
    expect(argvs.filter((argv) => argv !== undefined)).toEqual(
      Array.from({ length: argvs.length }, (_, i) => String(i + first)),
    );
  });
});

kernelTest("Audit that somebody switched off meanwhile is told", NEEDS, async () => {
  await keepingAudit(async (client) => {
    const module = createAudit({ enable: true });
    await module.open?.(WATCH);
    await client.setStatus({ enabled: 0 });
    await module.close?.();
    expect(module.status().notes).toContainEqual(expect.stringContaining("switched audit off"));
    await module.open?.(WATCH);
    await module.close?.();
    expect(module.status().notes).not.toContainEqual(expect.stringContaining("switched audit off"));
  });
});

kernelTest("A watch that cannot be opened leaves nothing of the one before", NEEDS, async () => {
  await keepingAudit(async (client) => {
    await client.setStatus({ enabled: 0 });
    const before = await auditState(client);
    const module = createAudit({ enable: true });
    await module.open?.(WATCH);
    await module.close?.();
    expect(module.summary()).not.toEqual([]);
    module.configure({ enable: false });
    await expect(module.open?.(WATCH)).rejects.toMatchObject({ code: "EDISABLED" });
    expect(module.summary()).toEqual([]);
    expect(module.status()).toEqual({ state: "loaded", counters: {}, notes: [] });
    module.configure({ enable: true, log: { path: "/nosuch/audit.log" } });
    await expect(module.open?.(WATCH)).rejects.toMatchObject({ code: "ENOENT" });
    expect(await auditState(client)).toEqual(before);
  });
});

/** A watch of nothing. */
const WATCH: Watch = {
  signal: new AbortController().signal,
  tasks: () => [],
  listen: () => () => {},
  writeLine: () => {},
};
