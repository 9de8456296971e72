import * as fc from "fast-check";
import { expect, test } from "vitest";
import { anyProfile, emptyProfile, exampleProfile, weightsByTask } from "./profile.fixture.ts";
import { toSpeedscope } from "./speedscope.ts";

interface File {
  readonly shared: { readonly frames: readonly { readonly name: string; readonly file: string }[] };
  readonly profiles: readonly {
    readonly name: string;
    readonly endValue: number;
    readonly samples: readonly (readonly number[])[];
    readonly weights: readonly number[];
  }[];
}

function parse(text: string): File {
  return JSON.parse(text) as File;
}

test("toSpeedscope() writes one sampled profile, in order of time, root first", () => {
  const file = parse(toSpeedscope(exampleProfile(), { name: "build" }));
  expect(file).toMatchObject({
    $schema: "https://www.speedscope.app/file-format-schema.json",
    name: "build",
  });
  expect(file.shared.frames[4]).toEqual({ name: "script", file: "/app/a.js", line: 7, col: 3 });
  expect(file.profiles).toEqual([
    {
      type: "sampled",
      name: "all tasks",
      unit: "nanoseconds",
      startValue: 0,
      endValue: 100_000_000,
      samples: [
        [0, 1],
        [0, 2],
        [0, 1, 3],
        [0, 4],
        [0, 1, 3],
      ],
      weights: [60_000_000, 10_000_000, 10_000_000, 10_000_000, 10_000_000],
    },
  ]);
});

test("toSpeedscope() of no samples has a profile that says so", () => {
  expect(parse(toSpeedscope(emptyProfile())).profiles).toMatchObject([
    { name: "no samples", endValue: 0, samples: [], weights: [] },
  ]);
});

test("toSpeedscope() keeps the weight of every task and the text of every name", () => {
  fc.assert(
    fc.property(anyProfile, (profile) => {
      const text = toSpeedscope(profile, { split: "task" });
      // A lone surrogate would not survive being written as UTF-8.
      expect(text).not.toMatch(/\p{Cs}/u);
      const { profiles, shared } = parse(text);
      for (const { samples, weights, endValue } of profiles) {
        expect(samples).toHaveLength(weights.length);
        expect(weights.reduce((sum, weight) => sum + weight, 0)).toBe(endValue);
        expect(samples.flat().every((frame) => frame < shared.frames.length)).toBe(true);
      }
      const wanted = weightsByTask(profile).filter((weight) => weight > 0);
      if (wanted.length > 0) expect(profiles.map(({ endValue }) => endValue)).toEqual(wanted);
      for (const [i, { name }] of profile.frames.entries()) {
        expect(shared.frames[i]?.name).toBe(name === "" ? "[unknown]" : name);
      }
    }),
  );
});
