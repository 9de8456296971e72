import { expect, test } from "vitest";
import { checkSamplerOptions } from "./options.ts";
import { openSampler } from "./open-sampler.ts";

const target = { kind: "descent" } as const;

for (const [option, wrong, says] of [
  ["target", { kind: "all" }, 'must be of kind "descent", "host" or "pids", got all'],
  ["target", undefined, "got undefined"],
  ["target", { kind: "pids", pids: [] }, "a list of at least one"],
  ["target", { kind: "pids", pids: [0] }, "a pid must be a whole number, 1 or more, got 0"],
  ["target", { kind: "pids", pids: [1.5] }, "got 1.5"],
  ["frequencyHz", 0, "frequencyHz must be a whole number, 1 or more, got 0"],
  ["frequencyHz", 99.5, "got 99.5"],
  ["frequencyHz", Number.NaN, "got NaN"],
  ["event", "clock", 'event must be "auto", "cpu-clock" or "cycles", got clock'],
  ["kernelStacks", "yes", 'kernelStacks must be "auto", true or false, got yes'],
  ["ringPages", 3, "ringPages must be a power of two from 1 to 262144, got 3"],
  ["ringPages", 0, "got 0"],
  ["intervalMs", 0, "intervalMs must be from 1 to 10000, got 0"],
] as const) {
  test(`checkSamplerOptions() refuses ${option} ${JSON.stringify(wrong)}`, () => {
    const options = { target, [option]: wrong } as Parameters<typeof checkSamplerOptions>[0];
    expect(() => checkSamplerOptions(options)).toThrow(says);
  });
}

test("checkSamplerOptions() takes what is right", () => {
  checkSamplerOptions({ target });
  checkSamplerOptions({ target: { kind: "pids", pids: [1, 2] }, ringPages: 1, frequencyHz: 1 });
  checkSamplerOptions({ target: { kind: "host" }, event: "cycles", kernelStacks: true });
});

test("openSampler() wants somebody to tell", () => {
  const options = { target } as Parameters<typeof openSampler>[0];
  expect(() => openSampler(options)).toThrow("onRecord must be a function, got undefined");
});
