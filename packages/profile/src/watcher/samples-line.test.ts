import * as fc from "fast-check";
import { expect, test } from "vitest";
import { fromSamplesLine, type SamplesRecord, toSamplesLine } from "./samples-line.ts";

const RECORD: SamplesRecord = {
  timeNs: 123n,
  task: "50.7",
  pid: 50,
  tgid: 50,
  command: "any\u001b\udcff text",
  samples: 3,
  cpuNs: 30_000_000n,
  userNs: 20_000_000n,
  kernelNs: 10_000_000n,
  functions: [{ name: "main", module: "/bin/x", samples: 2, selfNs: 20_000_000n }],
};

test("toSamplesLine() writes times as decimal strings, and fromSamplesLine() reads them", () => {
  const line = toSamplesLine(RECORD);
  expect(line).toMatchObject({ type: "samples", timeNs: "123", cpuNs: "30000000" });
  expect(fromSamplesLine(JSON.parse(JSON.stringify(line)) as typeof line)).toEqual(RECORD);
  const alive: SamplesRecord = { ...RECORD, alive: true };
  expect(fromSamplesLine(toSamplesLine(alive))).toEqual(alive);
});

test("fromSamplesLine() knows lines that are not its own", () => {
  const line = toSamplesLine(RECORD);
  expect(fromSamplesLine({ ...line, type: "delays" })).toBeUndefined();
  for (const field of Object.keys(line)) {
    if (field === "type") continue;
    expect(fromSamplesLine({ ...line, [field]: null }), field).toBeUndefined();
    expect(fromSamplesLine({ ...line, [field]: { x: 1 } }), field).toBeUndefined();
  }
  expect(fromSamplesLine({ ...line, functions: [null] })).toBeUndefined();
  expect(fromSamplesLine({ ...line, functions: [{ name: "x" }] })).toBeUndefined();
  expect(fromSamplesLine({ ...line, later: "field" })).toEqual(RECORD);
});

test("fromSamplesLine() takes any values at all", () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom(...Object.keys(RECORD)), fc.jsonValue()),
      (fields) => {
        fromSamplesLine({ ...toSamplesLine(RECORD), ...fields });
      },
    ),
  );
});
