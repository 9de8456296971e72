import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { exampleProfile } from "./profile.fixture.ts";
import { checkOutputs, formatOfPath, type ProfileFormat, writeOutputs } from "./write-outputs.ts";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "outputs-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

test.each([
  ["a.html", "flamegraph"],
  ["a.pb.gz", "pprof"],
  ["a.pprof", "pprof"],
  ["a.speedscope.json", "speedscope"],
  ["a.folded", "folded"],
  ["a.trace.json", "trace-events"],
  ["a.json", undefined],
])("formatOfPath() takes %s for %s", (path, format) => {
  expect(formatOfPath(path)).toBe(format);
});

test("writeOutputs() writes each format whole, over what was there, and leaves nothing else", async () => {
  const names = ["a.html", "a.pb.gz", "a.speedscope.json", "a.folded", "a.trace.json"];
  writeFileSync(join(folder, "a.folded"), "old");
  const outputs = names.map((name) => ({
    path: join(folder, name),
    format: formatOfPath(name) ?? "folded",
  }));
  checkOutputs(outputs);
  await writeOutputs(exampleProfile(), outputs);
  expect(readdirSync(folder).sort()).toEqual(names.sort());
  expect(readFileSync(join(folder, "a.folded"), "utf8")).toContain("main;work 60000000\n");
  expect(readFileSync(join(folder, "a.html"), "utf8")).toMatch(/^<!doctype html>/u);
});

test("writeOutputs() writes what comes in pieces as one", async () => {
  const path = join(folder, "a.trace.json");
  const { samples } = exampleProfile();
  const many = Array.from({ length: 300 }, (_, i) =>
    samples.map((sample) => ({ ...sample, timeNs: sample.timeNs + BigInt(i) * 1_000_000_000n })),
  ).flat();
  await writeOutputs(exampleProfile({ samples: many }), [{ path, format: "trace-events" }]);
  const { traceEvents } = JSON.parse(readFileSync(path, "utf8")) as {
    readonly traceEvents: readonly { readonly ph: string }[];
  };
  // In each of the 300 rounds: main, work and idle of make, then twice main, work and schedule, and main and script of cc.
  expect(traceEvents.filter(({ ph }) => ph === "X")).toHaveLength(300 * 11);
});

test("checkOutputs() refuses what cannot be written, and names it", () => {
  const check = (path: string, format: ProfileFormat = "folded"): void =>
    checkOutputs([{ path, format }]);
  mkdirSync(join(folder, "sub"));
  writeFileSync(join(folder, "file"), "");
  expect(() => check(join(folder, "none", "a.folded"))).toThrow(
    expect.objectContaining({
      code: "ENOENT",
      message: expect.stringContaining(`cannot write "${join(folder, "none", "a.folded")}"`),
    }),
  );
  expect(() => check(join(folder, "sub"))).toThrow(expect.objectContaining({ code: "EISDIR" }));
  expect(() => check(join(folder, "file", "a"))).toThrow(
    expect.objectContaining({ code: "ENOTDIR" }),
  );
  expect(() => check("/proc/a.folded")).toThrow(
    expect.objectContaining({ message: expect.stringContaining("/proc/a.folded") }),
  );
  expect(() => check(join(folder, "a"), "svg" as ProfileFormat)).toThrow(
    'format is "svg", must be one of pprof, speedscope',
  );
  const path = join(folder, "a");
  expect(() =>
    checkOutputs([
      { path, format: "folded" },
      { path, format: "pprof" },
    ]),
  ).toThrow("two outputs to one file");
  check("/dev/null");
  expect(readdirSync(folder).sort()).toEqual(["file", "sub"]);
});

test("writeOutputs() writes the others when one cannot be written", async () => {
  const path = join(folder, "none", "a.folded");
  const written = writeOutputs(exampleProfile(), [
    { path, format: "folded" },
    { path: join(folder, "b.folded"), format: "folded" },
    { path: "/dev/null", format: "pprof" },
  ]);
  await expect(written).rejects.toThrow(`cannot write "${path}": ENOENT`);
  expect(readdirSync(folder)).toEqual(["b.folded"]);
});
