import { expect, test } from "vitest";
import { u32, u64 } from "./record-bytes.fixture.ts";
import { encodeTaskAttributes } from "./task-attributes.ts";

test("encodeTaskAttributes() asks for the records of tasks, and counts nothing", () => {
  expect([...encodeTaskAttributes(true)]).toEqual([
    ...u32(1), // PERF_TYPE_SOFTWARE
    ...u32(136), // size
    ...u64(9), // PERF_COUNT_SW_DUMMY
    ...u64(0), // no samples
    ...u64(0x1_0086), // TID, TIME, CPU, IDENTIFIER
    ...u64(16), // PERF_FORMAT_LOST
    // inherit | exclude_kernel exclude_hv | comm task | sample_id_all comm_exec use_clockid
    ...u64(0x2 | 0x60 | 0x2200 | 0x304_0000),
    ...u32(0, 0),
    ...u64(0, 0, 0, 0),
    ...u32(0),
    ...u32(1), // clockid: CLOCK_MONOTONIC
    ...u64(0, 0, 0, 0, 0),
  ]);
  expect(encodeTaskAttributes(false)[32]).toBe(0);
});
