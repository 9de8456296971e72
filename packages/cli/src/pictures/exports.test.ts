import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readTraceModel, type TraceModel } from "@task-watchers/report";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { requestedExports, writeExports } from "./exports.ts";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "exports-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

async function model(): Promise<TraceModel> {
  const line = { type: "init", timeNs: "1", task: "7.1", pid: 7, tgid: 7, ppid: 1 };
  const path = join(folder, "trace");
  writeFileSync(path, `${JSON.stringify(line)}\n`);
  return await readTraceModel(path);
}

describe("requestedExports()", () => {
  test("has each that was asked for", () => {
    expect(requestedExports({ csv: "a", dot: "-", perfetto: undefined })).toEqual([
      { format: "csv", path: "a" },
      { format: "dot", path: "-" },
    ]);
  });

  test("refuses an empty name, and two to one place", () => {
    expect(() => requestedExports({ dot: "" })).toThrow('--dot needs a file name, or "-"');
    expect(() => requestedExports({ dot: "a", csv: "a" })).toThrow('--csv and --dot both name "a"');
  });
});

describe("writeExports()", () => {
  test("writes every format that the trace has something for", async () => {
    const formats = ["perfetto", "csv", "markdown", "dot"] as const;
    const wanted = formats.map((format) => ({ format, path: join(folder, format) }));
    await writeExports(await model(), wanted);
    const texts = wanted.map(({ path }) => readFileSync(path, "utf8"));
    expect(texts.map((text) => text.slice(0, 7))).toEqual([
      '{"displ',
      "task,pi",
      "## Task",
      "digraph",
    ]);
  });

  test("leaves what was there, and nothing half, when it cannot", async () => {
    const path = join(folder, "there");
    writeFileSync(path, "before");
    const writing = writeExports(await model(), [{ format: "speedscope", path }]);
    await expect(writing).rejects.toThrow("the trace has no CPU samples");
    expect(readFileSync(path, "utf8")).toBe("before");
    expect(readdirSync(folder).sort()).toEqual(["there", "trace"]);
  });

  test("names the file that cannot be written", async () => {
    const one = await model();
    const missing = join(folder, "none", "a.csv");
    await expect(writeExports(one, [{ format: "csv", path: missing }])).rejects.toMatchObject({
      code: "ENOENT",
      message: expect.stringContaining(`cannot write ${JSON.stringify(missing)}`),
    });
    const directory = join(folder, "directory");
    mkdirSync(directory);
    await expect(writeExports(one, [{ format: "csv", path: directory }])).rejects.toMatchObject({
      code: "EISDIR",
    });
  });
});
