import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fieldsOf } from "../record/fields.ts";
import { record } from "../record/kernel-text.fixture.ts";
import { IdNames } from "./id-names.ts";
import { interpret } from "./interpret.ts";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "audit-names-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

function files(): IdNames {
  const [passwd, group] = [join(folder, "passwd"), join(folder, "group")];
  writeFileSync(
    passwd,
    "root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/:/bin/sh\n#:broken\nada:x:1000:1000::/:/\n",
  );
  writeFileSync(group, "root:x:0:\nstaff:x:50:ada\n");
  return new IdNames({ passwd, group });
}

function texts(type: string, body: string, names: IdNames | null = null): string[] {
  return fieldsOf(record(type, body)).map((field) => interpret(field, { names }));
}

describe("interpret()", () => {
  test("names users and groups from the files, the first name of an id", () => {
    const body = "auid=4294967295 uid=0 euid=1000 suid=77 gid=50 egid=51";
    expect(texts("SYSCALL", body, files())).toEqual(["unset", "root", "ada", "77", "staff", "51"]);
  });

  test("takes the names that the log has itself", () => {
    const enriched = 'UID="ada" GID="evil" GID="late" COMM="forged"';
    const fields = fieldsOf({ ...record("SYSCALL", 'uid=0 gid=5 auid=7 comm="x"'), enriched });
    expect(fields.map((field) => interpret(field, { names: null }))).toEqual([
      "ada",
      "evil",
      "7",
      "x",
    ]);
  });

  test("leaves ids numbers without files", () => {
    const names = new IdNames({ passwd: join(folder, "none"), group: join(folder, "none") });
    expect(texts("SYSCALL", "uid=0 gid=0", names)).toEqual(["0", "0"]);
    expect(texts("SYSCALL", "uid=0 ses=4294967295")).toEqual(["0", "unset"]);
  });

  test.each([
    [
      "SYSCALL",
      "arch=c000003e syscall=59 exit=-13 success=no",
      ["x86_64", "execve", "EACCES", "no"],
    ],
    ["SYSCALL", "arch=40000003 syscall=59 exit=3 success=yes", ["i386", "oldolduname", "3", "yes"]],
    ["SYSCALL", "a0=ff a1=10", ["0xff", "0x10"]],
    ["ANOM_ABEND", "sig=11 sig=99", ["SIGSEGV", "99"]],
    ["PATH", "mode=0104755 mode=040700 mode=0120777", ["file,suid,755", "dir,700", "link,777"]],
    ["BPRM_FCAPS", "fp=0 new_pe=3000 fi=8000000000000000", ["none", "net_admin,net_raw", "63"]],
    ["AVC", "capability=21", ["sys_admin"]],
    ["SYSCALL", "tty=(none) key=(null) comm=6162", ["(none)", "(null)", "ab"]],
    ["SYSCALL", "key=6F6E650174776F", ["one,two"]],
    ["PROCTITLE", "proctitle=6C73002D6C", ["ls -l"]],
    ["SOCKADDR", "saddr=0200003501020304", ["{ inet laddr=1.2.3.4 lport=53 }"]],
    ["SOCKADDR", "saddr=01002F746D702F7300", ["{ unix path=/tmp/s }"]],
    ["SOCKADDR", "saddr=0100006162", ["{ unix path=@ab }"]],
    [
      "SOCKADDR",
      `saddr=0A000050${"0".repeat(8)}20010DB8${"0".repeat(22)}01`,
      ["{ inet6 laddr=2001:db8::1 lport=80 }"],
    ],
    [
      "SOCKADDR",
      `saddr=0A000050${"0".repeat(8)}${"0".repeat(32)}`,
      ["{ inet6 laddr=:: lport=80 }"],
    ],
    [
      "SOCKADDR",
      `saddr=0A000050${"0".repeat(8)}${"0".repeat(31)}1`,
      ["{ inet6 laddr=::1 lport=80 }"],
    ],
    ["SOCKADDR", `saddr=10000000${"0".repeat(16)}`, ["{ netlink }"]],
    ["SOCKADDR", "saddr=0200 saddr=zz", ["0200", "zz"]],
  ])("says of %s %s what it means", (type, body, expected) => {
    expect(texts(type, body)).toEqual(expected);
  });
});
