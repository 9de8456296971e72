import * as fc from "fast-check";
import { encodeText } from "@task-watchers/linux";
import { describe, expect, test } from "vitest";
import { fieldOf, fieldsOf } from "./fields.ts";
import { EXECVE_CALL, record, untrusted } from "./kernel-text.fixture.ts";

/** Names and values, as decoded. */
function decoded(type: string, body: string): [string, unknown][] {
  return fieldsOf(record(type, body)).map(({ name, value }) => [name, value]);
}

describe("fieldsOf()", () => {
  test("decodes the fields of a system call, each by its kind", () => {
    expect(decoded("SYSCALL", EXECVE_CALL)).toEqual([
      ["arch", 0xc000003e],
      ["syscall", 59],
      ["success", true],
      ["exit", 0],
      ["a0", 0x7ffd5f0en],
      ["a1", 0x7ffd5f10n],
      ["a2", 0x55d0c1a2n],
      ["a3", 8n],
      ["items", 2],
      ["ppid", 4107],
      ["pid", 4242],
      ["auid", 1000],
      ["uid", 1000],
      ["gid", 1000],
      ["euid", 0],
      ["suid", 0],
      ["fsuid", 0],
      ["egid", 1000],
      ["sgid", 1000],
      ["fsgid", 1000],
      ["tty", "pts0"],
      ["ses", 3],
      ["comm", "sudo"],
      ["exe", "/usr/bin/sudo"],
      ["key", ["session"]],
    ]);
  });

  test("takes for hex what is text of others, and never a number", () => {
    expect(decoded("SYSCALL", "uid=1000 a0=1000 pid=41 comm=41424320 ses=42 key=4101 42")).toEqual([
      ["uid", 1000],
      ["a0", 0x1000n],
      ["pid", 41],
      ["comm", "ABC "],
      ["ses", 42],
      ["key", ["A", ""]],
      ["", "42"],
    ]);
    expect(fieldOf(record("EXECVE", "argc=1 a0=1000"), "a0")?.value).toBe("\u0010\0");
  });

  test("takes quoted text as it is, though it looks like hex or like nothing", () => {
    const body = 'comm="DEAD" exe="(null)" cwd="" name="?" key="(none)"';
    expect(decoded("SYSCALL", body)).toEqual([
      ["comm", "DEAD"],
      ["exe", "(null)"],
      ["cwd", ""],
      ["name", "?"],
      ["key", ["(none)"]],
    ]);
  });

  test("tells what is absent from an empty text", () => {
    expect(decoded("SYSCALL", "tty=(none) key=(null) exe=? subj=")).toEqual([
      ["tty", undefined],
      ["key", undefined],
      ["exe", undefined],
      ["subj", undefined],
    ]);
  });

  test("keeps duplicates and order, and words without a name", () => {
    expect(decoded("KERNEL", "a=1 b=2 a=3 word =4 c==5")).toEqual([
      ["a", "1"],
      ["b", "2"],
      ["a", "3"],
      ["", "word"],
      ["", "4"],
      ["c", "=5"],
    ]);
  });

  test("marks what a program claims, and tells the kernel's own first", () => {
    const body =
      'pid=7 uid=1000 auid=4294967295 ses=4294967295 subj=unconfined msg=\'op=login acct="root" exe="/bin/x" auid=0 res=success\'';
    const login = record("USER_LOGIN", body);
    expect(fieldOf(login, "auid")).toMatchObject({ value: 4_294_967_295 });
    expect(fieldOf(login, "auid")).not.toHaveProperty("claimed");
    expect(fieldOf(login, "acct")).toMatchObject({ value: "root", claimed: true });
    expect(fieldOf(login, "res")).toMatchObject({ value: true, claimed: true });
    expect(fieldOf(login, "msg")?.value).toBe(body.slice(body.indexOf("op="), -1));
  });

  test("lets no message end before its record does", () => {
    const body = "pid=7 msg='op=x' auid=0 ses=1 msg='y'";
    expect(
      fieldsOf(record("USER", body))
        .filter(({ claimed }) => claimed !== true)
        .map(({ name }) => name),
    ).toEqual(["pid", "msg"]);
  });

  test("hides the fields of a message that the trail wrote as hex", () => {
    const message = Buffer.from("op=x\ntype=SYSCALL auid=0").toString("hex").toUpperCase();
    expect(decoded("USER", `pid=7 msg=${message}`)).toEqual([
      ["pid", 7],
      ["msg", "op=x\ntype=SYSCALL auid=0"],
    ]);
  });

  test("reads the verdict of an access vector cache", () => {
    const body =
      'avc:  denied  { read write } for  pid=9 comm="cat" path="/etc/shadow" scontext=u:r:t:s0 tclass=file';
    expect(decoded("AVC", body).slice(0, 4)).toEqual([
      ["seresult", "denied"],
      ["seperms", "read,write"],
      ["pid", 9],
      ["comm", "cat"],
    ]);
  });

  test("gives numbers beyond 2^53 whole", () => {
    expect(fieldOf(record("PATH", "inode=18446744073709551615"), "inode")?.value).toBe(
      18_446_744_073_709_551_615n,
    );
    expect(fieldOf(record("SYSCALL", "exit=-9223372036854775808"), "exit")?.value).toBe(
      -9_223_372_036_854_775_808n,
    );
  });

  test("leaves a value that is not of its kind the text that it is", () => {
    expect(decoded("SYSCALL", "pid=many uid=0x5 arch=zz mode=99 a0=xyz success=perhaps")).toEqual([
      ["pid", "many"],
      ["uid", "0x5"],
      ["arch", "zz"],
      ["mode", "99"],
      ["a0", "xyz"],
      ["success", "perhaps"],
    ]);
  });

  test("takes a name like __proto__ for a name", () => {
    const fields = fieldsOf(record("SYSCALL", "__proto__=1 constructor=2 pid=3"));
    expect(fields.map(({ name }) => name)).toEqual(["__proto__", "constructor", "pid"]);
    expect(({} as Record<string, unknown>)["1"]).toBeUndefined();
  });

  test("knows by which architecture the number of a call is meant", () => {
    expect(fieldOf(record("SYSCALL", "arch=40000003 syscall=11"), "syscall")).toMatchObject({
      value: 11,
      arch: 0x40000003,
    });
  });

  test("gives back any text that the kernel wrote", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const text = fieldOf(record("SYSCALL", `comm=${untrusted(bytes)} pid=1`), "comm")?.value;
        // Empty text is two quotes.
        expect([...encodeText(String(text))]).toEqual([...bytes]);
      }),
    );
  });

  test("throws at nothing, whatever a record holds", () => {
    const words = fc.constantFrom(
      "a0=",
      '"',
      "'",
      "msg='",
      " ",
      "=",
      "mode=0",
      "saddr=",
      "avc:  denied  { ",
      "} for ",
    );
    const bodies = fc
      .array(fc.oneof(words, fc.uint8Array({ maxLength: 6 })), { maxLength: 12 })
      .map((parts) => parts.map((part) => Buffer.from(part).toString("latin1")).join(""));
    const types = fc.constantFrom("SYSCALL", "EXECVE", "PATH", "USER_CMD", "AVC", "KERNEL");
    fc.assert(
      fc.property(types, bodies, (type, body) => {
        expect(Array.isArray(fieldsOf(record(type, body)))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
