import { expect, test } from "vitest";
import type { AuditClient } from "../client/audit-client.ts";
import { checkLeaseOptions, type LeaseOptions, scopesOf } from "./lease-options.ts";
import { syscallsFor } from "./recipes.ts";

const client = {} as AuditClient;
const good: LeaseOptions = { client, rules: ["exec"] };
const status = {
  enabled: 1,
  failure: 1,
  pid: 0,
  rateLimit: 0,
  backlogLimit: 64,
  lost: 0,
  backlog: 0,
  featureBits: 127,
};

test("checkLeaseOptions() names what makes no sense", () => {
  const check =
    (options: object): (() => void) =>
    () =>
      checkLeaseOptions({ ...good, ...options });
  expect(check({})).not.toThrow();
  expect(check({ rules: [] })).toThrow(/rules must name some of exec, exit, ids/u);
  expect(check({ rules: ["fork"] })).toThrow(/rules must be of exec, exit, ids, got "fork"/u);
  expect(check({ rules: ["exec", "exec"] })).toThrow(/rules must not name anything twice/u);
  expect(check({ arches: [] })).toThrow(/arches must name/u);
  expect(check({ arches: [5] })).toThrow(/system calls of arch 5 are not known/u);
  expect(check({ session: -1 })).toThrow(/session must be .* got -1/u);
  expect(check({ pids: [] })).toThrow(/pids must be 1 to 64/u);
  expect(check({ pids: [0] })).toThrow(/got 0/u);
  expect(check({ pids: [1, 1] })).toThrow(/pids must not name anything twice/u);
});

test("scopesOf() refuses a session where the kernel cannot compare it", () => {
  expect(() => scopesOf({ ...good, session: 3 }, { ...status, featureBits: 0x0f })).toThrow(
    /cannot compare the session id \(EOPNOTSUPP\).*Linux 4\.10/u,
  );
  expect(scopesOf({ ...good, session: 3, arches: [0xc000003e] }, status)).toEqual([
    { arch: 0xc000003e, fields: [{ field: "sessionid", operator: "=", value: 3 }] },
  ]);
});

test("syscallsFor() has the numbers of each architecture", () => {
  // arch/x86/entry/syscalls, scripts/syscall.tbl, arch/arm/tools/syscall.tbl
  expect(syscallsFor("exec", 0xc000003e)).toEqual([59, 322]);
  expect(syscallsFor("exec", 0x40000003)).toEqual([11, 358]);
  expect(syscallsFor("exec", 0xc00000b7)).toEqual([221, 281]);
  expect(syscallsFor("exec", 0x40000028)).toEqual([11, 387]);
  expect(syscallsFor("exit", 0xc000003e)).toEqual([60, 231]);
  expect(syscallsFor("exit", 0x40000003)).toEqual([1, 252]);
  expect(syscallsFor("exit", 0xc00000b7)).toEqual([93, 94]);
  expect(syscallsFor("exit", 0x40000028)).toEqual([1, 248]);
  expect(syscallsFor("ids", 0xc000003e)).toEqual([105, 106, 113, 114, 116, 117, 119, 122, 123]);
  expect(syscallsFor("ids", 0xc00000b7)).toEqual([143, 144, 145, 146, 147, 149, 151, 152, 159]);
  const of32 = [
    ...[23, 46, 70, 71, 81, 138, 139, 164, 170],
    ...[203, 204, 206, 208, 210, 213, 214, 215, 216],
  ];
  expect(syscallsFor("ids", 0x40000003)).toEqual(of32);
  expect(syscallsFor("ids", 0x40000028)).toEqual(of32);
});
