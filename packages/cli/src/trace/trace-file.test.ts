import { pbkdf2 } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { TraceFile } from "./trace-file.ts";

const derive = promisify(pbkdf2);
const dir = mkdtempSync(join(tmpdir(), "trace-"));
afterAll(() => rmSync(dir, { recursive: true }));

test("TraceFile writes every line, in order, by the time it has ended", async () => {
  const path = join(dir, "all");
  const file = new TraceFile(path);
  for (let n = 0; n < 5000; n++) file.write({ type: "x", n });
  await file.end();
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  expect(lines).toHaveLength(5000);
  expect(lines[4999]).toBe('{"type":"x","n":4999}');
  expect(file).toMatchObject({ dropped: 0, gone: undefined });
});

test("TraceFile refuses a path that cannot be written, at once", () => {
  expect(() => new TraceFile(join(dir, "no", "such"))).toThrow(/ENOENT/u);
});

test("TraceFile counts what a full device does not take, and says why", async () => {
  const file = new TraceFile("/dev/full");
  for (let n = 0; n < 2000; n++) file.write({ type: "x", n });
  await new Promise((resolve) => setTimeout(resolve, 200));
  file.write({ type: "late" });
  await file.end();
  expect(file.gone).toBe("ENOSPC");
  expect(file.dropped).toBe(2001);
});

test("TraceFile says why also when it is ended before the failed file is closed", async () => {
  const file = new TraceFile("/dev/full");
  // The write is on its way; the file is closed only after what Node.js' few threads have to do before.
  file.write({ type: "x", text: "x".repeat(40_000) });
  for (let n = 0; n < 5; n++) await new Promise<void>((resolve) => process.nextTick(resolve));
  const busy = Array.from({ length: 12 }, () => derive("password", "salt", 100_000, 64, "sha512"));
  await new Promise((resolve) => setTimeout(resolve, 200));
  await file.end();
  await Promise.all(busy);
  expect(file.gone).toBe("ENOSPC");
});
