import { describe, expect, test } from "vitest";
import type { AuditEvent } from "../assemble/audit-event.ts";
import type { AuditRecord } from "../record/audit-record.ts";
import { EXECVE_CALL, execRecords, record } from "../record/kernel-text.fixture.ts";
import { factsOf } from "./event-facts.ts";

function event(...records: AuditRecord[]): AuditEvent {
  const stamp = { seconds: 1_700_000_000, milliseconds: 0, serial: 1 };
  return { stamp, records, partial: [], cutRecords: 0, cutBytes: 0 };
}

const bytes = (text: string): Uint8Array => Buffer.from(text);

describe("factsOf()", () => {
  test("decodes the name of the host", () => {
    const cwd = { ...record("CWD", 'cwd="/"'), node: "b\u00c3\u00bcro" };
    expect(factsOf(event(cwd)).node).toBe("büro");
  });

  test("tells text that was cut off without the quote that was never closed", () => {
    const facts = factsOf(
      event(
        record("SYSCALL", 'arch=c000003e syscall=59 comm="true" exe="/bin/tr'),
        record("CWD", 'cwd="/ho'),
        record("PATH", 'item=0 name="/usr/bin/tr'),
      ),
    );
    expect(facts).toMatchObject({ exe: "/bin/tr", cwd: "/ho", paths: [{ name: "/usr/bin/tr" }] });
  });

  test("tells who ran what, where, as whom", () => {
    const facts = factsOf(event(...execRecords([bytes("sudo"), bytes("-u ada")])));
    expect(facts).toEqual({
      stamp: { seconds: 1_700_000_000, milliseconds: 0, serial: 1 },
      type: "SYSCALL",
      partial: [],
      archNumber: 0xc000003e,
      arch: "x86_64",
      syscall: 59,
      syscallName: "execve",
      success: true,
      exit: 0,
      args: [0x7ffd5f0en, 0x7ffd5f10n, 0x55d0c1a2n, 8n],
      pid: 4242,
      ppid: 4107,
      auid: 1000,
      session: 3,
      uid: 1000,
      gid: 1000,
      euid: 0,
      suid: 0,
      fsuid: 0,
      egid: 1000,
      sgid: 1000,
      fsgid: 1000,
      tty: "pts0",
      comm: "sudo",
      exe: "/usr/bin/sudo",
      keys: ["session"],
      argc: 2,
      argv: ["sudo", "-u ada"],
      cwd: "/home/ada",
      paths: [0, 1].map((item) => ({
        item,
        name: "/usr/bin/sudo",
        inode: 18_446_744_073_709_551_615n,
        dev: "fe:01",
        mode: 0o104755,
        ouid: 0,
        ogid: 0,
        rdev: "00:00",
        nametype: "NORMAL",
        capPermitted: 0n,
        capInheritable: 0n,
        capEffective: false,
      })),
      proctitle: ["sudo", "-u ada"],
      others: [],
      missing: {},
    });
  });

  test("leaves out what is not there", () => {
    const body =
      "arch=c00000b7 syscall=94 a0=1ff a1=0 a2=0 a3=0 items=0 ppid=1 pid=2 auid=4294967295 uid=0 " +
      "gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=(none) ses=4294967295 comm=61620A exe=(null) key=(null)";
    const facts = factsOf(event(record("SYSCALL", body)));
    expect(facts).toMatchObject({ syscallName: "exit_group", exitStatus: 255, comm: "ab\n" });
    for (const name of [
      "auid",
      "session",
      "tty",
      "exe",
      "success",
      "exit",
      "errno",
      "argv",
      "cwd",
    ]) {
      expect(facts).not.toHaveProperty(name);
    }
    expect(facts.keys).toEqual([]);
    expect(facts.missing).toEqual({});
  });

  test.each([
    ["40000003", 11, "execve"],
    ["40000028", 11, "execve"],
    ["c00000b7", 221, "execve"],
    ["c000003e", 322, "execveat"],
    ["c000003e", 0x4000_0000 + 520, "execve"],
    ["c000003e", 0x4000_0000 + 231, "exit_group"],
    ["c000003e", 469, "file_setattr"],
    ["c000003e", 9999, undefined],
    ["deadbeef", 59, undefined],
  ])("names call %s/%i %s", (arch, number, name) => {
    const facts = factsOf(event(record("SYSCALL", `arch=${arch} syscall=${number}`)));
    expect(facts.syscallName).toBe(name);
    expect(facts.syscall).toBe(number);
  });

  test("names the error of a call that failed", () => {
    const body = EXECVE_CALL.replace("success=yes exit=0", "success=no exit=-2");
    expect(factsOf(event(record("SYSCALL", body)))).toMatchObject({
      success: false,
      exit: -2,
      errno: "ENOENT",
    });
  });

  test("does not round what a call returned", () => {
    const body = EXECVE_CALL.replace("exit=0", "exit=9007199254740993");
    const facts = factsOf(event(record("SYSCALL", body)));
    expect(facts).not.toHaveProperty("exit");
    expect(facts.missing["exit"]).toBe("no number within 2^53");
  });

  test("parts the keys of several rules", () => {
    const body = EXECVE_CALL.replace('key="session"', "key=6F6E650174776F");
    expect(factsOf(event(record("SYSCALL", body))).keys).toEqual(["one", "two"]);
  });

  test("believes the first of two fields with one name, and sorts paths by their items", () => {
    const records = [
      record("SYSCALL", "uid=5 uid=0 pid=1 pid=2 key=(null)"),
      record("PATH", 'item=1 name="b"'),
      record("PATH", 'item=0 name="a" name="forged"'),
    ];
    const facts = factsOf(event(...records));
    expect(facts).toMatchObject({ uid: 5, pid: 1, paths: [{ name: "a" }, { name: "b" }] });
  });

  test("says how many paths are missing", () => {
    const records = execRecords([bytes("x")]).filter(({ body }) => !body.startsWith("item=1"));
    expect(factsOf(event(...records)).missing).toEqual({
      paths: "1 of 2 paths are not in the records",
    });
  });

  test("tells of a file that was not found no more than its name", () => {
    const body = "item=0 name=2F746D702F0A nametype=UNKNOWN cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0";
    const facts = factsOf(event(record("SYSCALL", EXECVE_CALL), record("PATH", body)));
    expect(facts.paths[0]).toMatchObject({ name: "/tmp/\n", nametype: "UNKNOWN" });
    expect(facts.paths[0]).not.toHaveProperty("inode");
    const unnamed = factsOf(event(record("PATH", "item=0 name=(null) inode=5")));
    expect(unnamed.paths).toEqual([{ item: 0, inode: 5n }]);
  });

  test("takes from a message of user space how it ended, and nothing else for a fact", () => {
    const body =
      'pid=7 uid=1000 auid=4294967295 ses=4294967295 msg=\'op=login auid=0 ses=1 exe="/bin/forged" comm="x" pid=1 res=failed\'';
    const login = record("USER_LOGIN", body);
    const facts = factsOf(event(login));
    expect(facts).toMatchObject({ type: "USER_LOGIN", pid: 7, uid: 1000, success: false });
    expect(facts).not.toHaveProperty("auid");
    expect(facts).not.toHaveProperty("session");
    expect(facts).not.toHaveProperty("exe");
    expect(facts.others).toEqual([login]);
  });

  test("reads a core dump, a filter and a login", () => {
    const abend = 'auid=5 uid=1 gid=2 ses=3 pid=9 comm="crash" exe="/x" sig=11 res=1';
    expect(factsOf(event(record("ANOM_ABEND", abend)))).toMatchObject({
      type: "ANOM_ABEND",
      signal: 11,
      pid: 9,
      comm: "crash",
      auid: 5,
    });
    const filter =
      'auid=5 uid=1 gid=2 ses=3 pid=9 comm="c" exe="/x" sig=31 arch=c000003e syscall=57 compat=0 ip=0x7f code=0x80000000';
    expect(factsOf(event(record("SECCOMP", filter)))).toMatchObject({
      signal: 31,
      syscallName: "fork",
    });
    const login =
      "pid=9 uid=0 old-auid=4294967295 auid=1000 tty=(none) old-ses=4294967295 ses=4 res=1";
    expect(factsOf(event(record("LOGIN", login)))).toMatchObject({
      auid: 1000,
      session: 4,
      success: true,
    });
  });

  test("keeps every record that it does not exhaust", () => {
    const denied = record("AVC", "avc:  denied  { read } for  pid=1");
    const call = record("SYSCALL", EXECVE_CALL);
    const facts = factsOf(event(denied, call, record("EOE", "")));
    expect(facts.type).toBe("SYSCALL");
    expect(facts.others).toEqual([denied]);
  });

  test("reads the address that a call was given", () => {
    const address = "saddr=0200005001020304" + "00".repeat(8);
    const facts = factsOf(event(record("SYSCALL", EXECVE_CALL), record("SOCKADDR", address)));
    expect(facts.socketAddress).toEqual({ family: "inet", address: "1.2.3.4", port: 80 });
  });

  test("makes something of an event that has nothing left", () => {
    expect(factsOf(event())).toMatchObject({ type: "EOE", paths: [], others: [] });
  });
});
