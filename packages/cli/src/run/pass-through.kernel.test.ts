// Needs of the kernel: the process events connector (any user since Linux 6.6); root for a place without /proc.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { initialNamespaces, kernel, kernelTest, program, root } from "@task-watchers/kernel-test";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { installedMain, linesOf } from "../running.fixture.ts";

const NEEDS = [kernel("6.6"), initialNamespaces];

let main = "";
let dir = "";

beforeAll(() => {
  main = installedMain();
  dir = mkdtempSync(join(tmpdir(), "pass-through-"));
});

afterAll(() => {
  shell('"$NODE" "$MAIN" slot --clean');
  rmSync(dir, { recursive: true });
});

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a script of a shell in which `$NODE $MAIN` is our command. */
function shell(script: string): Ended {
  const { status, stdout, stderr } = spawnSync("sh", ["-c", script], {
    cwd: dir,
    encoding: "utf8",
    env: { ...process.env, NODE: process.execPath, MAIN: main, NO_COLOR: "1" },
    timeout: 60_000,
  });
  return { status, stdout, stderr };
}

describe.each([
  ["run --source stop", "run -q --source stop"],
  ["run --source proc", "run -q --source proc"],
  ["slot", `slot pass-through-${process.pid} --count 1`],
])("%s", (_name, ours) => {
  kernelTest("the command has the descriptors that we were started with", NEEDS, () => {
    writeFileSync(join(dir, "in"), "three");
    const command = `'cat <&3; echo nine >&9; (: <&4) 2>/dev/null || echo "no four"'`;
    const { stdout } = shell(
      `exec 3<in 9>out; "$NODE" "$MAIN" ${ours} -- sh -c ${command}; exec 9>&-; cat out`,
    );
    expect(stdout).toBe("threeno four\nnine\n");
  });

  kernelTest("the command shares make's job server", [...NEEDS, program("make")], () => {
    const inner = join(dir, "inner.mk");
    writeFileSync(inner, "all: one two\none two:\n\t@echo $@\n");
    writeFileSync(
      join(dir, "outer.mk"),
      `all:\n\t+@"$(NODE)" "$(MAIN)" ${ours} -- $(MAKE) -f ${inner}\n`,
    );
    const { status, stdout, stderr } = shell("env -u MAKEFLAGS make -j2 -f outer.mk");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain("one\n");
  });

  kernelTest("the command has its environment byte for byte", NEEDS, () => {
    const { stdout } = shell(
      `ODD="$(printf 'caf\\351')" "$NODE" "$MAIN" ${ours} -- sh -c 'printf %s "$ODD" | od -An -tx1'`,
    );
    expect(stdout).toBe(" 63 61 66 e9\n");
  });

  kernelTest("the command runs in a directory of any name", NEEDS, () => {
    const { stdout } = shell(
      `d="$(printf 'dd\\377')"; mkdir -p "$d" && cd "$d" && "$NODE" "$MAIN" ${ours} -- sh -c 'pwd -P | tail -c 4 | od -An -tx1'`,
    );
    expect(stdout).toBe(" 64 64 ff 0a\n");
  });

  kernelTest("in a place without /proc it says what to do", [...NEEDS, root], () => {
    const { status, stderr } = shell(
      `unshare --mount sh -c 'umount -l /proc && "$NODE" "$MAIN" ${ours} -- true'`,
    );
    expect(status).toBe(125);
    expect(stderr).toContain("mount -t proc proc /proc");
  });
});

kernelTest("run refuses an argument that it cannot pass on; slot passes it on", NEEDS, () => {
  const odd = `sh -c 'printf %s "$1" | od -An -tx1' x "$(printf 'caf\\351\\342\\202z\\377')"`;
  const refused = shell(`"$NODE" "$MAIN" run --json refused.jsonl -- ${odd}; ls`);
  expect(refused.stderr).toContain(String.raw`the argument $'caf\xe9\xe2\x82z\xff' is not UTF-8`);
  expect(refused.stdout).not.toContain("refused.jsonl");
  expect(refused.stderr).toContain("try: task-watchers run --help");
  const slot = shell(`"$NODE" "$MAIN" slot bytes-${process.pid} --count 1 -- ${odd}`);
  expect(slot.stdout).toBe(" 63 61 66 e9 e2 82 7a ff\n");
});

kernelTest("run runs in a directory that was removed", NEEDS, () => {
  mkdirSync(join(dir, "gone"));
  const { status, stderr } = shell(
    `cd gone && rmdir ../gone && "$NODE" "$MAIN" run -- sh -c 'exit 3'`,
  );
  expect(status).toBe(3);
  expect(stderr).toContain("Node.js starts no thread in a working directory");
});

kernelTest("The trace of a command that is not there has its end", NEEDS, () => {
  const { status } = shell(`"$NODE" "$MAIN" run -q --json none.jsonl -- ./no-such-command`);
  expect(status).toBe(127);
  const last = linesOf(readFileSync(join(dir, "none.jsonl"), "utf8")).at(-1);
  expect(last).toMatchObject({ type: "summary", counters: {} });
  expect(last).not.toHaveProperty("command");
});
