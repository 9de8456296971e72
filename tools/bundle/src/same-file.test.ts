import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { sameFiles } from "../same-file.js";

test("sameFiles() has topics of one file imported by the first name, and others by their own", () => {
  const directory = mkdtempSync(join(tmpdir(), "same-files-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const dependency = join(directory, "node_modules/@task-watchers/linux");
  mkdirSync(dependency, { recursive: true });
  const exports = {
    ".": { default: "./dist/all.js" },
    "./clock": { default: "./dist/all.js" },
    "./testing": { default: "./dist/testing.js" },
    "./package.json": "./package.json",
  };
  writeFileSync(join(dependency, "package.json"), JSON.stringify({ exports }));
  expect(Object.fromEntries(sameFiles(directory, ["koffi", "@task-watchers/linux"]))).toEqual({
    "@task-watchers/linux": "@task-watchers/linux",
    "@task-watchers/linux/clock": "@task-watchers/linux",
    "@task-watchers/linux/testing": "@task-watchers/linux/testing",
    "@task-watchers/linux/package.json": "@task-watchers/linux/package.json",
  });
});
