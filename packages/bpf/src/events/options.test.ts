import { cpus } from "node:os";
import { expect, test } from "vitest";
import { scratchBytes } from "./exec-program.ts";
import { type BpfEventsOptions, checkOptions, ringBytesFor } from "./options.ts";

const onEvent = (): void => {};
const check = (options: Partial<BpfEventsOptions>): object =>
  checkOptions({ onEvent, ...options }, scratchBytes);

test("checkOptions() fills in what is documented", () => {
  const ringBytes = ringBytesFor(cpus().length);
  expect(check({})).toEqual({ argvBytes: 65_536, ringBytes, latencyMs: 100 });
});

test.each([
  [1, 4_194_304],
  [2, 4_194_304],
  [3, 8_388_608],
  [8, 16_777_216],
  [128, 33_554_432],
])("a machine of %i CPUs has a ring of %i bytes", (cpuCount, bytes) => {
  expect(ringBytesFor(cpuCount)).toBe(bytes);
});

test("checkOptions() takes the smallest and the largest", () => {
  expect(check({ argvBytes: 0, ringBytes: 32_768, latencyMs: 1 })).toMatchObject({ argvBytes: 0 });
  expect(check({ argvBytes: 1_048_576, ringBytes: 2 ** 30, latencyMs: 1000 })).toBeTruthy();
});

test.each([
  [{ argvBytes: -1 }, "argvBytes is -1, must be a whole number from 0 to 1048576"],
  [{ argvBytes: 1_048_577 }, "argvBytes is 1048577, must be"],
  [{ argvBytes: 0.5 }, "argvBytes is 0.5, must be a whole number"],
  [{ latencyMs: 0 }, "latencyMs is 0, must be a whole number from 1 to 1000"],
  [{ latencyMs: Number.NaN }, "latencyMs is NaN"],
  [{ ringBytes: 5_000_000 }, "ringBytes is 5000000, must be a power of two"],
  [{ ringBytes: 2 ** 31 }, "ringBytes is 2147483648, must be a whole number from"],
  [{ ringBytes: 65_536 }, "ringBytes is 65536, must be 148672 at least for argvBytes of 65536"],
])("checkOptions() refuses %o", (options, message) => {
  expect(() => check(options)).toThrow(RangeError);
  expect(() => check(options)).toThrow(message);
});

test("checkOptions() wants functions", () => {
  const wrong = { onEvent: "print" } as unknown as BpfEventsOptions;
  expect(() => checkOptions(wrong, scratchBytes)).toThrow("onEvent must be a function, not string");
  expect(() => check({ onLost: 1 as never })).toThrow("onLost must be a function, not number");
});
