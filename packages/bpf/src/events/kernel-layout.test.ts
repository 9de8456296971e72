import { describe, expect, test } from "vitest";
import { Btf } from "../btf/btf.ts";
import { POINT, sampleBtf } from "../btf/sample.fixture.ts";
import { readKernelLayout } from "./kernel-layout.ts";

describe("readKernelLayout()", () => {
  test("names what the kernel does not have", () => {
    expect(() => readKernelLayout(new Btf(sampleBtf(POINT)))).toThrow(
      "the kernel has no task_struct.pid",
    );
  });

  test("refuses a member of another size than the programs read", () => {
    const types = [
      { name: "long", kind: 1, value: 8, tail: [0x40] },
      { name: "task_struct", kind: 4, parts: 1, value: 8, tail: ["pid", 1, 0] },
    ];
    expect(() => readKernelLayout(new Btf(sampleBtf(types)))).toThrow(
      "task_struct.pid has 8 bytes at 0, not 4",
    );
  });
});
