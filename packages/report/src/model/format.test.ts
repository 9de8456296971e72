import { expect, test } from "vitest";
import { bytes, duration, plural, share, visible } from "./format.ts";

test("duration() is short, at every size", () => {
  const all = [0, 999, 1000, 1.5e6, 12.34e6, 999e6, 1e9, 59.94e9, 61e9, 3_720e9, -2e6, Number.NaN];
  expect(all.map(duration)).toEqual([
    ...["0 ns", "999 ns", "1.00 µs", "1.50 ms", "12.3 ms", "999 ms", "1.00 s", "59.9 s"],
    ...["1 min 1 s", "1 h 2 min", "−2.00 ms", "?"],
  ]);
});

test("bytes(), plural() and share() are for people", () => {
  expect([0, 1023, 1024, 1.5 * 2 ** 30].map(bytes)).toEqual([
    "0 B",
    "1023 B",
    "1.00 KiB",
    "1.50 GiB",
  ]);
  expect([plural(1, "task"), plural(20_000, "task")]).toEqual(["1 task", "20,000 tasks"]);
  expect([share(1, 8), share(1, 0)]).toEqual(["12.5 %", "–"]);
});

test("visible() leaves nothing that cannot be seen", () => {
  expect(visible("a\n\u001b\u202e\u2028\udcff")).toBe(String.raw`a\u000a\u001b\u202e\u2028\udcff`);
});
