// Needs: a C compiler with the kernel's headers; no privilege.
import { cOffsets, compiler, kernelTest } from "@task-watchers/kernel-test";
import { expect } from "vitest";
import * as constants from "./constants.ts";

const headers = ["linux/perf_event.h"];

kernelTest("the numbers of perf events are the headers' own", [compiler], () => {
  const { PERF_ATTR_BYTES: _, CLOCK_MONOTONIC: __, ...named } = constants;
  const expected: Record<string, number> = {};
  for (const [name, value] of Object.entries(named)) {
    // __u64 there, and printed as what is signed.
    expected[name] = Number(BigInt.asIntN(64, BigInt(value)));
  }
  expect(cOffsets({ headers, expressions: Object.keys(expected) })).toEqual(expected);
  expect(cOffsets({ headers: ["time.h"], expressions: ["CLOCK_MONOTONIC"] })).toEqual({
    CLOCK_MONOTONIC: 1,
  });
});

kernelTest("struct perf_event_attr and the control page lie as we write them", [compiler], () => {
  const expected = {
    "offsetof(struct perf_event_attr, config)": 8,
    "offsetof(struct perf_event_attr, sample_freq)": 16,
    "offsetof(struct perf_event_attr, sample_type)": 24,
    "offsetof(struct perf_event_attr, read_format)": 32,
    "offsetof(struct perf_event_attr, wakeup_events)": 48,
    "offsetof(struct perf_event_attr, clockid)": 92,
    "offsetof(struct perf_event_mmap_page, data_head)": 128 * 8,
    "offsetof(struct perf_event_mmap_page, data_tail)": 129 * 8,
    "offsetof(struct perf_event_mmap_page, data_offset)": 130 * 8,
    "offsetof(struct perf_event_mmap_page, data_size)": 131 * 8,
    "sizeof(struct perf_event_header)": 8,
  };
  expect(cOffsets({ headers, expressions: Object.keys(expected) })).toEqual(expected);
});

for (const [bit, field] of [
  [0, "disabled"],
  [1, "inherit"],
  [5, "exclude_kernel"],
  [6, "exclude_hv"],
  [7, "exclude_idle"],
  [8, "mmap"],
  [9, "comm"],
  [10, "freq"],
  [12, "enable_on_exec"],
  [13, "task"],
  [18, "sample_id_all"],
  [23, "mmap2"],
  [24, "comm_exec"],
  [25, "use_clockid"],
] as const) {
  kernelTest(`bit ${bit} of struct perf_event_attr is ${field}`, [compiler], () => {
    const expression = `((union { struct perf_event_attr attr; unsigned long long words[8]; }){ .attr = { .${field} = 1 } }).words[5]`;
    expect(cOffsets({ headers, expressions: [expression] })[expression]).toBe(2 ** bit);
  });
}
