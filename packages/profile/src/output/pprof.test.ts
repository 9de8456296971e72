import * as fc from "fast-check";
import { expect, test } from "vitest";
import { decodePprof, type DecodedPprof } from "./pprof.fixture.ts";
import { toPprof } from "./pprof.ts";
import { anyProfile, emptyProfile, exampleProfile, weightsByTask } from "./profile.fixture.ts";

type Sample = DecodedPprof["sample"][number];

function labelsOf({ stringTable }: DecodedPprof, { label }: Sample): Record<string, string> {
  const pairs = label.map(({ key, str, num }) => [
    stringTable[Number(key)],
    str === "0" ? num : stringTable[Number(str)],
  ]);
  return Object.fromEntries(pairs) as Record<string, string>;
}

function namesOf(profile: DecodedPprof, { locationId }: Sample): (string | undefined)[] {
  return locationId.map((id) => {
    const line = profile.location.find((location) => location.id === id)?.line[0];
    const made = profile.function.find((one) => one.id === line?.functionId);
    return profile.stringTable[Number(made?.name)];
  });
}

test("toPprof() writes what another decoder reads: leaf first, samples and nanoseconds, labels", () => {
  const profile = decodePprof(toPprof(exampleProfile()));
  const text = (index: string): string | undefined => profile.stringTable[Number(index)];
  expect(profile.stringTable[0]).toBe("");
  expect(profile.sampleType.map(({ type, unit }) => [text(type), text(unit)])).toEqual([
    ["samples", "count"],
    ["cpu", "nanoseconds"],
  ]);
  expect([text(profile.periodType.type), text(profile.periodType.unit), profile.period]).toEqual([
    "cpu",
    "nanoseconds",
    "10000000",
  ]);
  expect([profile.timeNanos, profile.durationNanos]).toEqual(["1700000000990000000", "200000000"]);
  expect(profile.comment.map(text)).toEqual(["2 samples were lost"]);
  expect(profile.sample.map((sample) => [namesOf(profile, sample), sample.value])).toEqual([
    [
      ["work", "main"],
      ["6", "60000000"],
    ],
    [
      ["idle()", "main"],
      ["1", "10000000"],
    ],
    [
      ["schedule", "work", "main"],
      ["2", "20000000"],
    ],
    [
      ["script", "main"],
      ["1", "10000000"],
    ],
  ]);
  expect(profile.sample.map((sample) => labelsOf(profile, sample))).toMatchObject([
    { task: "10-1000", command: "make", pid: "10", tgid: "10" },
    {},
    { task: "11-1001", command: "cc", pid: "11" },
    { task: "12-1002", command: "cc", pid: "12", tgid: "11" },
  ]);
  expect(
    profile.mapping.map(({ filename, hasFunctions }) => [text(filename), hasFunctions]),
  ).toEqual([
    ["/usr/bin/program", true],
    ["[kernel]", true],
    ["[jit]", true],
  ]);
  const script = profile.function.find(({ name }) => text(name) === "script");
  expect([text(script?.filename ?? ""), script?.startLine]).toEqual(["/app/a.js", "7"]);
  const idle = profile.function.find(({ name }) => text(name) === "idle()");
  expect(text(idle?.systemName ?? "")).toBe("_Z4idlev");
});

test("toPprof() names a stack without frames", () => {
  const profile = decodePprof(toPprof(exampleProfile({ stacks: [[0], [], [0], [0]] })));
  expect(profile.sample.map((sample) => namesOf(profile, sample))).toContainEqual(["[unknown]"]);
});

test("toPprof() of no samples is a profile that says so", () => {
  const profile = decodePprof(toPprof(emptyProfile()));
  expect(profile.sample).toEqual([]);
  expect(profile.comment.map((index) => profile.stringTable[Number(index)])).toEqual([
    "no samples were taken",
    "not permitted",
  ]);
});

test("toPprof() keeps the weight of every task, and refers to nothing that is not there", () => {
  fc.assert(
    fc.property(anyProfile, (given) => {
      const profile = decodePprof(toPprof(given));
      const found = given.tasks.map(() => 0);
      for (const sample of profile.sample) {
        expect(namesOf(profile, sample)).not.toContain(undefined);
        const id = labelsOf(profile, sample)["task"];
        const task = given.tasks.findIndex((task) => task.id === id);
        found[task] = (found[task] ?? 0) + Number(sample.value[1]);
      }
      expect(found).toEqual(weightsByTask(given));
      const ids = profile.location.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids).not.toContain("0");
    }),
  );
});
