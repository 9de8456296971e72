import * as fc from "fast-check";
import { expect, test } from "vitest";
import { formatLeaseKey, parseLeaseKey } from "./lease-key.ts";

test("formatLeaseKey() says whose it is, what for, and whether audit was off", () => {
  const key = { pid: 812, startTicks: 55_003, what: "exec", wasOff: true };
  expect(formatLeaseKey(key)).toBe("task-watchers:812:55003:exec:e0");
  expect(formatLeaseKey({ ...key, wasOff: false, what: "ids.2" })).toBe(
    "task-watchers:812:55003:ids.2",
  );
});

test("parseLeaseKey() gives back what formatLeaseKey() made", () => {
  const keys = fc.record({
    pid: fc.nat(),
    startTicks: fc.nat(),
    what: fc.constantFrom("exec", "exit", "ids", "exec.2", "ids.17"),
    wasOff: fc.boolean(),
  });
  fc.assert(
    fc.property(keys, (key) => {
      expect(parseLeaseKey(formatLeaseKey(key))).toEqual(key);
    }),
  );
});

test("parseLeaseKey() leaves the keys of others alone", () => {
  const others = [
    "",
    "exec",
    "task-watchers:",
    "task-watchers:1:2",
    "task-watchers:1:2:",
    "task-watchers:1:2:exec:e1",
    "task-watchers:-1:2:exec",
    "task-watchers:1:2:exec:e0\u0001mine",
    "xtask-watchers:1:2:exec",
    "task-watchers:1:2:exec\n",
  ];
  for (const key of others) expect(parseLeaseKey(key), key).toBeUndefined();
});
