import { describe, expect, test } from "vitest";
import { factsOf } from "../facts/event-facts.ts";
import { execRecords, record } from "../record/kernel-text.fixture.ts";
import { toEcs } from "./ecs.ts";

const stamp = { seconds: 1_700_000_000, milliseconds: 42, serial: 7 };
const whole = { stamp, partial: [], cutRecords: 0, cutBytes: 0 };

describe("toEcs()", () => {
  test("tells an exec in the terms of the schema", () => {
    const argv = [Buffer.from("sudo"), Buffer.of(0xff, 0x0a)];
    expect(toEcs(factsOf({ ...whole, records: execRecords(argv) }))).toEqual({
      "@timestamp": "2023-11-14T22:13:20.042Z",
      ecs: { version: "8.17.0" },
      event: {
        kind: "event",
        module: "auditd",
        category: ["process"],
        type: ["start"],
        action: "executed",
        outcome: "success",
        sequence: 7,
        code: "SYSCALL",
      },
      process: {
        pid: 4242,
        parent: { pid: 4107 },
        name: "sudo",
        executable: "/usr/bin/sudo",
        args: ["sudo", "\\xff\n"],
        args_count: 2,
        title: "sudo",
        working_directory: "/home/ada",
      },
      user: {
        id: "1000",
        effective: { id: "0" },
        saved: { id: "0" },
        filesystem: { id: "0" },
        audit: { id: "1000" },
      },
      group: {
        id: "1000",
        effective: { id: "1000" },
        saved: { id: "1000" },
        filesystem: { id: "1000" },
      },
      file: {
        path: "/usr/bin/sudo",
        inode: "18446744073709551615",
        device: "fe:01",
        mode: "04755",
        uid: "0",
        gid: "0",
      },
      tags: ["session"],
      auditd: {
        message_type: "syscall",
        session: "3",
        result: "success",
        data: { arch: "x86_64", syscall: "execve", tty: "pts0" },
      },
    });
  });

  test("is text that any reader of JSON takes", () => {
    const facts = factsOf({ ...whole, records: [record("SYSCALL", "comm=FFFE pid=1")] });
    expect(JSON.stringify(toEcs(facts))).not.toMatch(/\\ud/u);
  });

  test("tells a login that failed", () => {
    const body = "pid=1 uid=0 msg='op=login res=failed'";
    expect(toEcs(factsOf({ ...whole, records: [record("USER_LOGIN", body)] }))).toMatchObject({
      event: {
        category: ["authentication"],
        type: ["start"],
        action: "user_login",
        outcome: "failure",
      },
    });
  });
});
