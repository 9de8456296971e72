import { expect, test } from "vitest";
import { encodeAttributes } from "./attributes.ts";
import { u32, u64 } from "./record-bytes.fixture.ts";

const ASKED = {
  event: "cpu-clock",
  frequencyHz: 99,
  excludeKernel: true,
  excludeIdle: true,
  enableOnExec: true,
  inherit: true,
  readLost: true,
} as const;

test("encodeAttributes() writes struct perf_event_attr", () => {
  expect([...encodeAttributes(ASKED)]).toEqual([
    ...u32(1), // PERF_TYPE_SOFTWARE
    ...u32(136), // size
    ...u64(0), // PERF_COUNT_SW_CPU_CLOCK
    ...u64(99), // sample_freq
    ...u64(0x1_01a7), // IP, TID, TIME, CALLCHAIN, CPU, PERIOD, IDENTIFIER
    ...u64(16), // PERF_FORMAT_LOST
    // disabled inherit | exclude_kernel exclude_hv exclude_idle | mmap comm freq enable_on_exec task | sample_id_all mmap2
    // comm_exec use_clockid
    ...u64(0x3 | 0xe0 | 0x3700 | 0x384_0000),
    ...u32(0, 0),
    ...u64(0, 0, 0, 0),
    ...u32(0),
    ...u32(1), // clockid: CLOCK_MONOTONIC
    ...u64(0, 0, 0, 0, 0),
  ]);
});

test("encodeAttributes() turns each thing on and off by its own bit", () => {
  const word = (change: Partial<typeof ASKED | Record<string, unknown>>): bigint => {
    const bytes = encodeAttributes({ ...ASKED, ...change });
    return new DataView(bytes.buffer).getBigUint64(40, true);
  };
  const all = word({});
  expect(all ^ word({ inherit: false })).toBe(1n << 1n);
  expect(all ^ word({ excludeKernel: false })).toBe(1n << 5n);
  expect(all ^ word({ excludeIdle: false })).toBe(1n << 7n);
  expect(all ^ word({ enableOnExec: false })).toBe(1n << 12n);
});

test("encodeAttributes() asks for cycles, and for no count of losses", () => {
  const view = new DataView(
    encodeAttributes({ ...ASKED, event: "cycles", readLost: false }).buffer,
  );
  expect(view.getUint32(0, true)).toBe(0);
  expect(view.getBigUint64(8, true)).toBe(0n);
  expect(view.getBigUint64(32, true)).toBe(0n);
});
