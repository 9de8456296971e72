// Needs the programs ausearch and aureport (Debian: auditd); no privilege, and no daemon.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kernelTest, program } from "@task-watchers/kernel-test";
import { afterEach, beforeEach, describe, expect } from "vitest";
import type { AuditEvent } from "../assemble/audit-event.ts";
import { factsOf } from "../facts/event-facts.ts";
import { interpret } from "../interpret/interpret.ts";
import { readAuditLog } from "../log/read-audit-log.ts";
import type { AuditRecord } from "../record/audit-record.ts";
import { fieldsOf } from "../record/fields.ts";
import { EXECVE_CALL, execRecords, record } from "../record/kernel-text.fixture.ts";
import { RawLog } from "./raw-log.ts";

const needs = [program("ausearch"), program("aureport")];

let folder = "";
let path = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "audit-peers-"));
  path = join(folder, "audit.log");
});

afterEach(() => rmSync(folder, { recursive: true }));

function event(records: readonly AuditRecord[]): AuditEvent {
  const stamp = records[0]?.stamp ?? { seconds: 0, milliseconds: 0, serial: 0 };
  return { stamp, records, partial: [], cutRecords: 0, cutBytes: 0 };
}

async function write(events: readonly AuditEvent[]): Promise<void> {
  await using log = new RawLog({ path });
  for (const event of events) expect(log.write(event)).toBe(true);
}

/** What a peer says of our log; it must not complain. */
function ask(command: string, ...args: string[]): string {
  const { stdout, stderr, status } = spawnSync(command, ["-if", path, ...args], {
    encoding: "latin1",
    input: "",
    timeout: 20_000,
  });
  // Without root the peer cannot read its own configuration, and says so.
  const complaints = stderr.replace(
    /^Error opening config file \(Permission denied\)\nNOTE - using built-in logs: .*\n/u,
    "",
  );
  expect({ complaints, status }).toEqual({ complaints: "", status: 0 });
  return stdout;
}

function bytes(...argv: string[]): Uint8Array[] {
  return argv.map((text) => Buffer.from(text, "latin1"));
}

const hostile = [
  bytes("sh", "-c", "echo 'a b' \"c\"\n\u001b[31m"),
  bytes("x", "type=SYSCALL msg=audit(1.000:1): pid=1", "audit(1700000000.000:2): "),
  bytes("x", "\u00ff\u00fe", "--", "=", "a0=1"),
  bytes("DEADBEEF", "41", "(null)", "(none)", "?"),
];

/** Made by us as by the kernel: execs, plain and hostile, and records of programs that would forge lines. */
function sample(): AuditEvent[] {
  const plain = Array.from({ length: 40 }, (_, at) => bytes("true", `--number=${at}`));
  const execs = [...plain, ...hostile].map((argv, at) => event(execRecords(argv, at + 1, at)));
  const forged =
    'op=x acct="a" exe="/x" res=success\ntype=SYSCALL msg=audit(1700000000.900:900): pid=1';
  const others: [string, string][] = [
    [
      "USER_LOGIN",
      "pid=7 uid=0 auid=1000 ses=4 msg='op=login id=1000 exe=\"/bin/login\" hostname=? addr=? terminal=tty1 res=success'",
    ],
    ["USER_CMD", `pid=8 uid=0 auid=1000 ses=4 msg='${forged}'`],
    ["KERNEL", "a\nb"],
    ["UNKNOWN[1399]", "x=1"],
  ];
  const rest = others.map(([type, body], at) => event([record(type, body, 500 + at, 600 + at)]));
  return [...execs, ...rest];
}

describe("ausearch and aureport", () => {
  kernelTest("read every event of our log and none besides, without complaint", needs, async () => {
    const events = sample();
    await write(events);
    const lines = ask("ausearch", "--format", "raw").split("\n").filter(Boolean);
    const stamps = new Set(lines.map((line) => /audit\(([^)]*)\)/u.exec(line)?.[1]));
    expect(stamps.size).toBe(events.length);
    const records = events.reduce((sum, { records }) => sum + records.length, 0);
    expect(lines).toHaveLength(records);
    expect(lines.filter((line) => line.includes(":900)"))).toEqual([]);
  });

  kernelTest("count our execs by the program that ran", needs, async () => {
    const events = sample();
    await write(events);
    const report = ask("aureport", "-x", "--summary");
    const execs = events.filter(({ records }) => records[0]?.type === 1300).length;
    expect(report).toMatch(new RegExp(`^${execs}  /usr/bin/sudo$`, "mu"));
    ask("aureport", "--summary");
    ask("ausearch", "-i");
  });

  kernelTest("see the same arguments as we do", needs, async () => {
    const long = [
      bytes("cp", "x".repeat(9000), "plain"),
      bytes("cp", ...Array.from({ length: 2000 }, (_, at) => `file-${at}`)),
    ];
    const lists = [...hostile.slice(2), bytes("ls", "-l", "/tmp"), ...long];
    for (const argv of lists) {
      await write([event(execRecords(argv, 1))]);
      let ours: readonly unknown[] = [];
      for await (const event of readAuditLog(path)) ours = factsOf(event).argv ?? [];
      expect(ours).toHaveLength(argv.length);
      // ausearch does not put the pieces of a long argument together; we compare the others.
      const lines = ask("ausearch", "-i")
        .split("\n")
        .filter((line) => line.startsWith("type=EXECVE"));
      const theirs = new Map(
        [...lines.join("\n").matchAll(/ a(\d+)=(\S+)(?= |$)/gmu)].map((match) => [
          Number(match[1]),
          match[2],
        ]),
      );
      for (const [at, text] of ours.entries()) {
        if (typeof text !== "string" || !/^[!-~]{1,4000}$/u.test(text)) continue;
        if (theirs.has(at)) expect({ at, text: theirs.get(at) }).toEqual({ at, text });
      }
      expect(theirs.size).toBeGreaterThan(0);
      rmSync(path);
    }
  });

  kernelTest("call what a field says by the same name", needs, async () => {
    const bodies: [string, string][] = [
      ["SYSCALL", EXECVE_CALL.replace("success=yes exit=0", "success=no exit=-13")],
      [
        "PATH",
        'item=0 name="/x" inode=5 dev=fe:01 mode=0104755 ouid=0 ogid=0 rdev=00:00 nametype=NORMAL cap_fp=3000 cap_fi=0 cap_fe=0 cap_fver=0',
      ],
      [
        "PATH",
        "item=1 name=2F0A inode=5 dev=fe:01 mode=041777 ouid=4294967295 ogid=0 rdev=00:00 nametype=PARENT",
      ],
      ["PROCTITLE", "proctitle=6C73002D6C"],
    ];
    await write([event(bodies.map(([type, body]) => record(type, body)))]);
    const text = ask("ausearch", "-i");
    const call = fieldsOf(record(...(bodies[0] ?? ["", ""])));
    const names = "arch syscall auid uid euid gid tty ses comm exe key pid".split(" ");
    for (const field of call) {
      if (names.includes(field.name)) expect(text).toContain(` ${field.name}=${interpret(field)} `);
    }
    expect(text).toContain("exit=EACCES");
    for (const [type, body] of bodies.slice(1, 3)) {
      for (const field of fieldsOf(record(type, body))) {
        if (!["mode", "cap_fp", "ouid", "ogid"].includes(field.name)) continue;
        expect(text).toContain(` ${field.name}=${interpret(field)} `);
      }
    }
    expect(text).toContain("proctitle=ls -l");
  });
});
