import { describe, expect, test } from "vitest";
import { recordTypeName, recordTypeNumber } from "./record-names.ts";

describe("recordTypeName()", () => {
  test.each([
    [1006, "LOGIN"],
    [1112, "USER_LOGIN"],
    [1300, "SYSCALL"],
    [1309, "EXECVE"],
    [1320, "EOE"],
    [1327, "PROCTITLE"],
    [1336, "URINGOP"],
    [1339, "DM_EVENT"],
    [1420, "IPE_ACCESS"],
    [1425, "MAC_TASK_CONTEXTS"],
    [1701, "ANOM_ABEND"],
    [2000, "KERNEL"],
    [2507, "VIRT_MIGRATE_OUT"],
    [1399, "UNKNOWN[1399]"],
    [65_535, "UNKNOWN[65535]"],
  ])("calls %i %s, and back", (type, name) => {
    expect(recordTypeName(type)).toBe(name);
    expect(recordTypeNumber(name)).toBe(type);
  });

  test("gives every number back by its name", () => {
    const types = Array.from({ length: 65_536 }, (_, type) => type);
    expect(types.filter((type) => recordTypeNumber(recordTypeName(type)) !== type)).toEqual([]);
  });

  test.each([
    "",
    "SYSCAL",
    "syscall",
    "__proto__",
    "UNKNOWN[]",
    "UNKNOWN[65536]",
    "UNKNOWN[1",
    "-1",
  ])("knows no type %j", (name) => {
    expect(recordTypeNumber(name)).toBeUndefined();
  });

  test("takes a number, as the kernel's own log has it", () => {
    expect(recordTypeNumber("1300")).toBe(1300);
  });
});
