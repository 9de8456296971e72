import { expect, test } from "vitest";
import { encodeRule } from "./codec.ts";
import { formatRule } from "./format.ts";
import { parseRule } from "./parse.ts";
import type { AuditRule } from "./rule.ts";
import { names } from "./rule.fixture.ts";

const parse = (text: string): AuditRule => parseRule(text, names).rule;

test("encodeRule() writes struct audit_rule_data", () => {
  // Bytes of `auditctl -a always,exit -F arch=b64 -S execve -F key=x` as Linux 6.18 lists them.
  const bytes = encodeRule(parse("-a always,exit -F arch=b64 -S execve -F key=x"));
  const words = new Uint32Array(bytes.slice(0, 1040).buffer);
  expect([...words.subarray(0, 3)]).toEqual([4, 2, 2]);
  expect(words[3 + 1]).toBe(1 << (59 - 32));
  expect([...words.subarray(67, 69)]).toEqual([11, 210]);
  expect([...words.subarray(131, 133)]).toEqual([0xc000003e, 1]);
  expect([...words.subarray(195, 197)]).toEqual([0x40000000, 0x40000000]);
  expect(words[259]).toBe(1);
  expect([...bytes.subarray(1040)]).toEqual([0x78]);
});

test("parseRule() knows -A, which only says where the rule goes", () => {
  const [first, last] = ["-A", "-a"].map((how) => parseRule(`${how} never,task -F uid=0`, names));
  expect(first).toEqual({ rule: last?.rule, prepend: true });
  expect(encodeRule(parse("-a never,task -F uid=0"), { prepend: true })[0]).toBe(0x11);
});

test("parseRule() reads each way of writing a value", () => {
  const value = (text: string): unknown => parse(`-a always,exit -S all ${text}`).fields[0]?.value;
  expect(value("-F auid=unset")).toBe(0xffff_ffff);
  expect(value("-F auid=-1")).toBe(0xffff_ffff);
  expect(value("-F loginuid=4294967295")).toBe(0xffff_ffff);
  expect(value("-F uid=alice")).toBe(1001);
  expect(value("-F gid=staff")).toBe(50);
  expect(value("-F exit=-EACCES")).toBe(0xffff_fff3);
  expect(value("-F exit=ENOENT")).toBe(2);
  expect(value("-F exit=-13")).toBe(0xffff_fff3);
  expect(value("-F a1&=0xff")).toBe(255);
  expect(value("-F perm=awxr")).toBe(15);
  expect(value("-F filetype=socket")).toBe(0o140000);
  expect(value("-F arch=b32")).toBe(0x4000_0003);
  expect(value("-F arch=aarch64")).toBe(0xc000_00b7);
  expect(value("-F arch=0xC000003E")).toBe(0xc000_003e);
  expect(value("-F success=yes")).toBe(1);
  expect(value("-F saddr_fam=inet6")).toBe(10);
  expect(value("-C auid!=uid")).toBe(10);
  expect(value("-F path='/a b'")).toBe("/a b");
  expect(parse("-a never,exclude -F msgtype=CWD").fields[0]?.value).toBe(1307);
});

test("parseRule() reads -w as the rule it stands for", () => {
  expect(parse("-w /etc -p wa -k one -k two")).toEqual({
    list: "exit",
    action: "always",
    syscalls: "all",
    fields: [
      { field: "dir", operator: "=", value: "/etc" },
      { field: "perm", operator: "=", value: 10 },
      { field: "key", operator: "=", value: "one\u0001two" },
    ],
  });
  expect(parse("-w /x/y").fields).toEqual([
    { field: "path", operator: "=", value: "/x/y" },
    { field: "perm", operator: "=", value: 15 },
  ]);
  expect(formatRule(parse("-w /etc -p wa -k one -k two"), names)).toBe(
    "-w /etc/ -p wa -k one -k two",
  );
});

test("parseRule() takes several keys, and system calls by number and before the architecture", () => {
  const rule = parse("-a always,exit -S 60,execve,60 -F arch=b64 -F key=a -F uid=0 -F key=b");
  expect(rule.syscalls).toEqual([59, 60]);
  expect(rule.fields.map(({ value }) => value)).toEqual([0xc000_003e, "a\u0001b", 0]);
  expect(formatRule(rule, names)).toBe(
    "-a always,exit -F arch=b64 -S execve,60 -F key=a -F key=b -F uid=0",
  );
});

/** Each names the word, and what would be right. */
const FAULTS: readonly (readonly [text: string, message: RegExp])[] = [
  ["", /must begin with -a, -A or -w/u],
  ["-x y", /"-x" is no part of a rule; options are -a -A/u],
  ["-a", /-a needs a word behind it/u],
  ["-a always", /"always" must be an action \(always, never\), a comma and a list/u],
  ["-a sometimes,exit", /"sometimes,exit" must be an action/u],
  ["-a always,entry", /no list "entry"; lists are user task exit .*use exit/u],
  ["-a always,exit -a always,exit", /begins a second rule/u],
  ["-a always,exit -p wa", /-p belongs to -w; .*-F perm=wa/u],
  ["-a always,exit -F uidd=0", /no field "uidd"; fields are pid uid/u],
  ["-a always,exit -F uid", /"uid" must be a field, one of = != .* and a value/u],
  ["-a always,exit -F uid~0", /"uid~0" must be a field, one of/u],
  ["-a always,exit -F uid&1", /uid is compared by = != < > <= >=, not by &/u],
  ["-a always,exit -F uid=bob", /uid must be a number, a user of .*, got "bob"/u],
  ["-a always,exit -F exit=-ENOTHING", /exit must be .*-EACCES, got "-ENOTHING"/u],
  ["-a always,exit -F perm=z", /perm must be some of the letters r, w, x and a, got "z"/u],
  ["-a always,exit -F perm>r", /perm is compared by = !=, not by >/u],
  ["-a always,exit -F path=etc", /path must be an absolute path, got "etc"/u],
  ["-a always,exit -F path=/etc/", /path must not end in a slash, got "\/etc\/"/u],
  ["-a always,exit -F path!=/etc/x", /path is compared by =, not by !=/u],
  ["-a always,exit -F key=", /key must not be empty/u],
  ["-a always,exit -F arch=z80", /arch must be b64, b32, .* got "z80"/u],
  [
    "-a always,exit -F msgtype=CWD",
    /msgtype can be compared in the lists exclude and user, not in exit/u,
  ],
  ["-a never,exclude -F msgtype=NOPE", /msgtype must be a record type such as CWD, .* got "NOPE"/u],
  [
    "-a always,exit -F fstype=tracefs",
    /fstype can be compared in the list filesystem, not in exit/u,
  ],
  ["-a never,filesystem -F uid=0", /filesystem can compare fstype and key, not uid/u],
  ["-a always,exit -S nosuch", /no system call "nosuch"/u],
  ["-a always,exit -S 2048", /system call 2048 is above 2047/u],
  ["-a always,exit -F arch!=b64 -S execve", /"execve" \(without one arch=/u],
  ["-a always,exit -C uid>euid", /"uid>euid" must be two fields with = or != between/u],
  ["-a always,exit -C uid=egid", /uid can be compared with .*euid.*, not with "egid"/u],
  ["-a always,exit -C pid=uid", /"pid" cannot be compared with another field/u],
  ["-w /etc/x -F uid=0", /-w takes -p and -k only/u],
  ["-w etc", /path must be an absolute path, got "etc"/u],
  ["-a always,exit -k 'open", /quote 'open is not closed/u],
  [`-a always,exit -k ${"k".repeat(257)}`, /key is 256 bytes at most, got 257/u],
  [`-a always,exit ${"-F uid=0 ".repeat(65)}`, /64 fields at most, got 65/u],
];

for (const [text, message] of FAULTS) {
  test(`parseRule() says what is wrong with ${JSON.stringify(text.slice(0, 60))}`, () => {
    expect(() => parse(text)).toThrow(message);
  });
}

test("encodeRule() refuses what no text could say", () => {
  const rule = { list: "exit", action: "always", syscalls: "all", fields: [] } as const;
  const withField =
    (field: object): (() => void) =>
    () =>
      encodeRule({ ...rule, fields: [field as AuditRule["fields"][number]] });
  expect(() => encodeRule({ ...rule, syscalls: [-1] })).toThrow("got -1");
  expect(() => encodeRule({ ...rule, list: "entry" as "exit" })).toThrow(
    /list must be one of .* got entry/u,
  );
  expect(withField({ field: "uid", operator: "==", value: 0 })).toThrow(/operator must be one of/u);
  expect(withField({ field: "uid", operator: "=", value: -1 })).toThrow(/uid must be .* got -1/u);
  expect(withField({ field: "key", operator: "=", value: 5 })).toThrow(/key must be text, got 5/u);
  expect(withField({ field: "key", operator: "=", value: "a\0" })).toThrow(/must not hold a NUL/u);
  expect(withField({ field: 1, operator: "=", value: 0 })).toThrow(/field 1 has a name: uid/u);
});
