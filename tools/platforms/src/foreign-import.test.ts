import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { installed } from "@task-watchers/kernel-test";
import { expect, test } from "vitest";

const packages = join(import.meta.dirname, "../../../packages");

/** Loaded before all else: a process that believes to be elsewhere. */
const pretend = (platform: string) => `
  Object.defineProperty(process, "platform", { value: "${platform}" });
  for (const name of ["geteuid", "getuid", "getegid", "getgid", "getgroups"]) {
    if ("${platform}" === "win32") delete process[name];
  }`;

/** Imports every entry that does not start a watch, and says how many there were. */
const program = `
  import { readdirSync } from "node:fs";
  import { createRequire } from "node:module";
  const require = createRequire(import.meta.url);
  let count = 0;
  for (const folder of readdirSync("node_modules/@task-watchers")) {
    const { name, exports } = require("./node_modules/@task-watchers/" + folder + "/package.json");
    for (const entry of Object.keys(exports)) {
      if (entry === "./register" || entry.endsWith(".json")) continue;
      await import(name + entry.slice(1));
      count++;
    }
  }
  console.log(process.platform, count >= 20);`;

test.each(["darwin", "win32"])(
  "every package can be imported on %s",
  { timeout: 120_000 },
  (platform) => {
    const preload = `data:text/javascript,${encodeURIComponent(pretend(platform))}`;
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      ["--import", preload, "--input-type=module", "-e", program],
      { cwd: installed(...readdirSync(packages)), encoding: "utf8", timeout: 60_000 },
    );
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toBe(`${platform} true\n`);
  },
);
