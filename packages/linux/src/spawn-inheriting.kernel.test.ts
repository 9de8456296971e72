// Needs: nothing but Linux and a shell. Runs in child processes: a test cannot set a variable of its own to bytes that are no text.
import { spawnSync } from "node:child_process";
import { installed, kernelTest } from "@task-watchers/kernel-test";
import { expect } from "vitest";

/** Runs a program of ours with a variable whose value is not UTF-8. */
function child(body: string): { stdout: string; stderr: string } {
  const run = `
    import { isTextEnvironment, spawnInheriting } from "@task-watchers/linux";
    const stdio = ["ignore", 1, 2];
    ${body}`;
  const script = `ODD="$(printf 'caf\\351')" exec "$NODE" --input-type=module -e "$RUN"`;
  return spawnSync("sh", ["-c", script], {
    cwd: installed("linux"),
    encoding: "utf8",
    timeout: 20_000,
    env: { ...process.env, NODE: process.execPath, RUN: run },
  });
}

kernelTest("spawnInheriting() passes the environment on byte for byte", [], () => {
  const { stdout, stderr } = child(`
    console.log(isTextEnvironment(process.env), isTextEnvironment({ A: "b" }));
    const shell = spawnInheriting("sh", ["-c", 'printf "$0 %s" "$ODD" | od -An -tx1', "x"], { stdio, env: {} });
    shell.on("exit", (code) => console.log(code, shell.pid > 0, shell.spawnfile));
  `);
  expect({ stdout, stderr }).toEqual({
    stdout: "false true\n 78 20 63 61 66 e9\n0 true sh\n",
    stderr: "",
  });
});

kernelTest("spawnInheriting() tells what spawn tells of a program that is not there", [], () => {
  const { stdout } = child(`
    const missing = spawnInheriting("/no/such", [], { stdio, env: process.env });
    missing.on("error", ({ code, syscall }) => console.log(code, syscall, missing.pid));
  `);
  expect(stdout).toBe("ENOENT spawn /no/such undefined\n");
});
