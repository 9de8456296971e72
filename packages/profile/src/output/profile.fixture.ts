import * as fc from "fast-check";
import type { CpuProfile, Sample } from "../profile/cpu-profile.ts";
import type { Frame } from "../symbols/frame.ts";

/** Names that break out of something: markup, quotes, lines, terminals, separators, encodings, directions. */
export const HOSTILE_NAMES: readonly string[] = [
  "<script>window.hacked=1</script>",
  "</script><img src=x onerror=window.hacked=1>",
  "<!--<script>",
  `"'\`\${window.hacked=1}`,
  "semi;colon and space 12",
  "line\nbreak\r\ttab",
  "\u001b[31mred\u0007",
  "byte \udcff and \ud800 alone",
  "right\u202eto left",
  "lines\u2028\u2029",
  "back\\slash \\u0041",
  " ",
  "",
  "__proto__",
  "constructor",
];

/** A function of a program. */
export function frameNamed(name: string, more: Partial<Frame> = {}): Frame {
  return { name, module: "/usr/bin/program", kind: "user", resolved: true, ...more };
}

/** A profile of two commands and three tasks: `make` calls `work`, which takes 60 of 100 ms; `cc` is in the kernel. */
export function exampleProfile(more: Partial<CpuProfile> = {}): CpuProfile {
  const weightNs = 10_000_000;
  const sample = (i: number, task: number, stack: number): Sample => ({
    task,
    stack,
    timeNs: 1_000_000_000n + BigInt(i * weightNs),
    cpu: 0,
    weightNs,
  });
  return {
    startNs: 990_000_000n,
    endNs: 1_190_000_000n,
    wallClockOffsetNs: 1_700_000_000_000_000_000n,
    event: "cpu-clock",
    frequencyHz: 100,
    frames: [
      frameNamed("main"),
      frameNamed("work"),
      frameNamed("idle()", { symbol: "_Z4idlev" }),
      frameNamed("schedule", { module: "[kernel]", kind: "kernel" }),
      frameNamed("script", { module: "[jit]", kind: "jit", file: "/app/a.js", line: 7, column: 3 }),
    ],
    stacks: [
      [0, 1],
      [0, 2],
      [0, 1, 3],
      [0, 4],
    ],
    tasks: [
      { id: "10-1000", pid: 10, tgid: 10, command: "make" },
      { id: "11-1001", pid: 11, tgid: 11, command: "cc" },
      { id: "12-1002", pid: 12, tgid: 11, command: "cc" },
    ],
    samples: [
      ...[0, 1, 2, 3, 4, 5].map((i) => sample(i, 0, 0)),
      sample(6, 0, 1),
      sample(7, 1, 2),
      sample(8, 2, 3),
      sample(9, 1, 2),
    ],
    notes: ["2 samples were lost"],
    ...more,
  };
}

/** A profile without a sample. */
export function emptyProfile(): CpuProfile {
  return exampleProfile({
    frames: [],
    stacks: [],
    tasks: [],
    samples: [],
    notes: ["not permitted"],
  });
}

/** Profiles of all shapes, hostile names among them: tasks of one pid, stacks without frames, frames that recur. */
export const anyProfile: fc.Arbitrary<CpuProfile> = fc
  .record({
    names: fc.array(
      fc.oneof(fc.constantFrom(...HOSTILE_NAMES), fc.string({ unit: "binary", maxLength: 8 })),
      { minLength: 1, maxLength: 8 },
    ),
    stacks: fc.array(fc.array(fc.nat(7), { maxLength: 5 }), { minLength: 1, maxLength: 8 }),
    commands: fc.array(fc.constantFrom("make", "cc", ...HOSTILE_NAMES), {
      minLength: 1,
      maxLength: 5,
    }),
    samples: fc.array(
      fc.record({
        task: fc.nat(4),
        stack: fc.nat(7),
        gap: fc.nat(30),
        weight: fc.integer({ min: 1, max: 20 }),
      }),
      { maxLength: 30 },
    ),
  })
  .map(({ names, stacks, commands, samples }) => {
    let timeNs = 1_000_000_000n;
    return exampleProfile({
      frames: names.map((name) => frameNamed(name)),
      stacks: stacks.map((stack) => stack.map((frame) => frame % names.length)),
      tasks: commands.map((command, i) => ({
        id: `${i % 2}-${i}`,
        pid: i % 2,
        tgid: i % 2,
        command,
      })),
      samples: samples.map(({ task, stack, gap, weight }) => ({
        task: task % commands.length,
        stack: stack % stacks.length,
        timeNs: (timeNs += BigInt(gap * 1_000_000)),
        cpu: 0,
        weightNs: weight * 1_000_000,
      })),
    });
  });

/** CPU time of each task, by index, nanoseconds; what every format must keep. */
export function weightsByTask({ tasks, samples }: CpuProfile): number[] {
  const weights = tasks.map(() => 0);
  for (const { task, weightNs } of samples) weights[task] = (weights[task] ?? 0) + weightNs;
  return weights;
}
