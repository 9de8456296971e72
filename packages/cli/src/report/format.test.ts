import { expect, test } from "vitest";
import { count, describeEnd, formatDuration, signalName } from "./format.ts";

test("formatDuration() gives three figures and a unit", () => {
  expect(formatDuration(0n)).toBe("0.00 µs");
  expect(formatDuration(1_234n)).toBe("1.23 µs");
  expect(formatDuration(999_499n)).toBe("999 µs");
  expect(formatDuration(999_999n)).toBe("1.00 ms");
  expect(formatDuration(12_345_678n)).toBe("12.3 ms");
  expect(formatDuration(999_600_000n)).toBe("1.00 s");
  expect(formatDuration(61_000_000_000n)).toBe("61.0 s");
  expect(formatDuration(125_000_000_000n)).toBe("2 min 5 s");
  expect(formatDuration(7_320_000_000_000n)).toBe("2 h 2 min");
});

test("describeEnd() names code, signal, core dump, or that nothing is known", () => {
  const exit = { type: "exit", timeNs: 0n } as const;
  expect(describeEnd({ ...exit, code: 7 })).toBe("7");
  expect(describeEnd({ ...exit, signal: 9 })).toBe("SIGKILL");
  expect(describeEnd({ ...exit, signal: 11, coreDumped: true })).toBe("SIGSEGV, core dumped");
  expect(describeEnd({ ...exit, status: { missing: "reconciled" } })).toBe("unknown (reconciled)");
});

test("signalName() knows real-time signals by number", () => {
  expect(signalName(15)).toBe("SIGTERM");
  expect(signalName(40)).toBe("SIG40");
});

test("count() has a plural", () => {
  expect(count(1, "task")).toBe("1 task");
  expect(count(12_000, "task")).toBe("12,000 tasks");
});
