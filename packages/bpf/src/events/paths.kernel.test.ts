// Needs CAP_BPF and CAP_PERFMON in the initial namespaces, Linux 5.8; root to mount.
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  capability,
  initialNamespaces,
  kernel,
  kernelTest,
  root,
} from "@task-watchers/kernel-test";
import { decodeText } from "@task-watchers/linux";
import { afterAll, beforeAll, expect } from "vitest";
import { splitArguments } from "./split-arguments.ts";
import { run, watched } from "./watched.fixture.ts";

const needs = [kernel("5.8"), capability("CAP_BPF"), capability("CAP_PERFMON"), initialNamespaces];

let directory = "";
beforeAll(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), "bpf-paths-")));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Text that the arguments of an exec hold, to find it by. */
const MARK = "paths-mark";

kernelTest(
  "each exec of a chain has its own program, however soon the next one came",
  needs,
  async () => {
    await watched({}, async ({ execs }) => {
      const chain = ["/bin/sh", "/usr/bin/env", "/usr/bin/nice", "/bin/true"];
      const { pid } = await run("/bin/sh", ["-c", `exec ${chain.slice(1).join(" ")}`], {
        cwd: directory,
      });
      const own = execs().filter((one) => one.pid === pid);
      expect(own.map(({ exe }) => exe)).toEqual(chain.map((file) => realpathSync(file)));
      for (const { cwd } of own) expect(cwd).toBe(directory);
    });
  },
);

kernelTest("of a script the interpreter is the executable", needs, async () => {
  const script = join(directory, "script");
  writeFileSync(script, "#!/bin/sh\nexit 0\n", { mode: 0o755 });
  await watched({}, async ({ execs }) => {
    const { pid } = await run(script, [], { cwd: "/" });
    const exec = execs().find((one) => one.pid === pid);
    expect(exec).toMatchObject({ filename: script, exe: realpathSync("/bin/sh"), cwd: "/" });
  });
});

kernelTest("names keep every byte", needs, async () => {
  const odd = Buffer.concat([Buffer.from(`${directory}/a\n\u00e9`), Buffer.of(0xff, 0x80)]);
  mkdirSync(odd);
  copyFileSync("/bin/true", Buffer.concat([odd, Buffer.from("/true")]));
  await watched({}, async ({ execs }) => {
    // A shell hands the bytes on; Node.js would not.
    writeFileSync(
      join(directory, "go"),
      Buffer.concat([Buffer.from("cd '"), odd, Buffer.from("'; ./true paths-mark; :\n")]),
    );
    await run("sh", [join(directory, "go")]);
    const exec = execs().find(({ argv }) => splitArguments(argv)[1] === MARK);
    expect(exec).toMatchObject({
      exe: `${decodeText(odd)}/true`,
      cwd: decodeText(odd),
      filename: "./true",
    });
  });
});

kernelTest("a program that was unlinked, and one of no directory, say so", needs, async () => {
  const script = `
    import os, sys
    fd = os.open(sys.argv[1], os.O_RDONLY)
    os.unlink(sys.argv[1])
    if os.fork() == 0: os.execve(fd, ["true", "unlinked"], {})
    os.wait()
    memory = os.memfd_create("in memory", 0)
    os.write(memory, open("/bin/true", "rb").read())
    if os.fork() == 0: os.execve(memory, ["true", "memory"], {})
    os.wait()`;
  const file = join(directory, "gone");
  copyFileSync("/bin/true", file);
  await watched({}, async ({ execs }) => {
    const code = script.replaceAll("\n    ", "\n");
    if (spawnSync("python3", ["-c", code, file]).status !== 0) return;
    const found = (what: string): unknown =>
      execs().find(({ argv }) => splitArguments(argv)[1] === what)?.exe;
    expect(found("unlinked")).toBe(`${file} (deleted)`);
    expect(found("memory")).toBe("/memfd:in memory (deleted)");
  });
});

kernelTest("a path with too many names is missing, and the exec is told", needs, async () => {
  const deep = join(directory, ...Array.from({ length: 40 }, (_, i) => `d${i}`));
  mkdirSync(deep, { recursive: true });
  await watched({}, async ({ execs }) => {
    const { pid } = await run("/bin/true", ["deep"], { cwd: deep });
    const exec = execs().find((one) => one.pid === pid);
    expect(exec).toMatchObject({ exe: realpathSync("/bin/true"), cwd: { missing: "long" } });
    expect(splitArguments(exec?.argv ?? new Uint8Array(0))).toEqual(["/bin/true", "deep"]);
  });
});

kernelTest(
  "the way up leads through mounts, also of another namespace",
  [...needs, root],
  async () => {
    const mountPoint = join(directory, "mounted");
    mkdirSync(mountPoint);
    await watched({}, async ({ execs }) => {
      const script = `mount -t tmpfs none "$0" && mkdir "$0/one" "$0/two" && mount --bind "$0/one" "$0/two" && cp /bin/true "$0/two" && cd "$0/two" && ./true ${MARK}`;
      const { status } = spawnSync("unshare", ["--mount", "sh", "-c", script, mountPoint]);
      if (status !== 0) return;
      const exec = execs().find(({ argv }) => splitArguments(argv)[1] === MARK);
      expect(exec).toMatchObject({ exe: `${mountPoint}/two/true`, cwd: `${mountPoint}/two` });
    });
    expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(mountPoint);
  },
);
