import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { isInForeground } from "../run.js";

const TOOLS = fileURLToPath(new URL("..", import.meta.url));

/** A checkout of nothing but these tools, a turbo that fails, and a command that shows its PATH. */
let root = "";

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "checkout-"));
  chmodSync(root, 0o755);
  cpSync(TOOLS, join(root, "tools/checkout"), { recursive: true });
  for (const folder of ["node_modules/.bin", "node_modules/.pnpm", "packages/cli/dist"]) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  writeFileSync(join(root, "package.json"), '{"type":"module"}');
  writeFileSync(join(root, "pnpm-lock.yaml"), "");
  writeFileSync(join(root, "node_modules/.pnpm/lock.yaml"), "");
  writeFileSync(join(root, "packages/cli/dist/main.js"), "console.log(process.env.PATH)");
  fakeTurbo("echo type error; exit 2");
});

afterEach(() => {
  chmodSync(join(root, "packages/cli/dist"), 0o755);
  rmSync(root, { recursive: true });
});

function fakeTurbo(script: string): void {
  writeFileSync(join(root, "node_modules/.bin/turbo"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

function start(args: string[], options = {}) {
  const script = join(root, "tools/checkout/start.js");
  return spawnSync(process.execPath, [script, ...args], { encoding: "utf8", ...options });
}

test("npm start shows why a build failed, and does not run what was built before", () => {
  expect(start(["true"])).toMatchObject({
    status: 1,
    stdout: "",
    stderr: "type error\nturbo run build --output-logs=errors-only failed\n",
  });
});

test("npm start uses what was built before where it may not write", () => {
  chmodSync(join(root, "packages/cli/dist"), 0o555);
  // Root may write anywhere.
  const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534, cwd: "/" } : {};
  const { status, stderr } = start(["true"], nobody);
  expect(stderr).toBe("this checkout is not writable: using what was built before\n");
  expect(status).toBe(0);
});

test("npm start runs a command with the caller's PATH, and only its own work with ours", () => {
  fakeTurbo("exit 0");
  const path = String(process.env["PATH"]);
  expect(start(["true"]).stdout).toBe(`${path}\n`);
  expect(start([]).stdout).toBe(`${join(root, "node_modules/.bin")}:${path}\n`);
});

test.each(["INT", "QUIT", "TERM", "HUP", "USR1", "USR2"])(
  "become() passes SIG%s on and ends as the program ended",
  async (name) => {
    const program = `trap 'echo ${name}; exit 3' ${name}; echo ready; while :; do sleep 0.02; done`;
    const script = `import { become } from ${JSON.stringify(join(TOOLS, "run.js"))};
      become("sh", ["-c", ${JSON.stringify(program)}]);`;
    // In a session of its own, there is no terminal that would signal both.
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      detached: true,
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
      if (output === "ready\n") child.kill(`SIG${name}` as NodeJS.Signals);
    });
    onTestFinished(() => killGroup(child.pid));
    expect(await once(child, "close")).toEqual([3, null]);
    expect(output).toBe(`ready\n${name}\n`);
  },
);

/** Ends what a failed test may have left. */
function killGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, "SIGKILL");
  } catch {
    // Nobody is left.
  }
}

test("isInForeground() compares the process's group with its terminal's", () => {
  const rest = "4194304 1 0 0 0";
  expect(isInForeground(`70 (a) b) S 1 60 50 34816 60 ${rest}`)).toBe(true);
  expect(isInForeground(`70 (a) b) S 1 60 50 34816 61 ${rest}`)).toBe(false);
  expect(isInForeground(`70 (node) S 1 60 50 0 -1 ${rest}`)).toBe(false);
  expect(isInForeground("")).toBe(false);
});
