// @ts-check
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { headerOf } from "./options.js";

const script = fileURLToPath(new URL("../combinations/run.js", import.meta.url));

/** @param {string[]} args */
function run(...args) {
  return spawnSync(process.execPath, [script, ...args], { encoding: "utf8" });
}

test("--help prints what the script says of itself, and does nothing", () => {
  const { status, stdout, stderr } = run("--help");
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toMatch(/^Every combination of the watchers[^*]*--manager[^*]*$/u);
});

test("An unknown option ends it with 2, and the known ones are named", () => {
  const { status, stdout, stderr } = run("--fast");
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toBe(
    "Unknown option '--fast'\nit knows --manager, --only, --json, --help; see --help\n",
  );
});

test("The header is the first comment, without stars", () => {
  expect(headerOf("// @ts-check\n/**\n * One.\n *\n * Two.\n */\n/** Other. */")).toBe(
    "One.\n\nTwo.",
  );
  expect(headerOf("/** One. */")).toBe("One.");
});
