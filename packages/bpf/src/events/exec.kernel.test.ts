// Needs CAP_BPF and CAP_PERFMON in the initial namespaces, Linux 5.8, cc.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  capability,
  compiler,
  initialNamespaces,
  kernel,
  kernelTest,
} from "@task-watchers/kernel-test";
import { encodeText } from "@task-watchers/linux";
import { expect } from "vitest";
import { splitArguments } from "./split-arguments.ts";
import { livesProgram, run, watched } from "./watched.fixture.ts";

const needs = [kernel("5.8"), capability("CAP_BPF"), capability("CAP_PERFMON"), initialNamespaces];

kernelTest("each of 1,200 execs, 16 at a time, has its arguments", needs, async () => {
  const loop = `i=0; while [ $i -lt 75 ]; do /bin/true "$0-$i" ''; i=$((i+1)); done`;
  await watched({}, async ({ execs, source }) => {
    const shells = Array.from({ length: 16 }, (_, k) => run("sh", ["-c", loop, `shell ${k}`]));
    await Promise.all(shells);
    const told = execs()
      .filter(({ filename }) => filename === "/bin/true")
      .map(({ argv }) => splitArguments(argv).join("|"))
      .filter((text) => text.includes("shell "));
    const made = Array.from({ length: 1200 }, (_, i) => {
      return `/bin/true|shell ${Math.floor(i / 75)}-${i % 75}|`;
    });
    expect(told.sort()).toEqual(made.sort());
    expect(source.counters).toMatchObject({ lost: 0, argvFaults: 0, argvTrimmed: 0, malformed: 0 });
  });
});

kernelTest("arguments keep every byte, and empty ones", [...needs, compiler], async () => {
  await watched({}, async ({ execs }) => {
    const { pid } = await run(livesProgram(), ["bytes", "/bin/true"]);
    const argv = execs().findLast((exec) => exec.pid === pid)?.argv ?? new Uint8Array(0);
    const all = Uint8Array.from({ length: 255 }, (_, i) => i + 1);
    expect([...argv]).toEqual([...Buffer.from("bytes\0\0"), ...all, 0]);
    expect([...encodeText(splitArguments(argv)[2] ?? "")]).toEqual([...all]);
  });
});

kernelTest(
  "long arguments are kept up to the limit, and their true length is told",
  needs,
  async () => {
    const args = Array.from({ length: 8 }, (_, i) => String(i).repeat(131_000));
    const whole = Buffer.from(["/bin/true", ...args, ""].join("\0"));
    for (const argvBytes of [65_536, 5000, 1_048_576, 0]) {
      await watched({ argvBytes }, async ({ execs }) => {
        const { pid } = await run("/bin/true", args);
        const exec = execs().find((one) => one.pid === pid);
        expect(exec?.argvLength).toBe(whole.byteLength);
        expect(exec?.argvTruncated).toBe(argvBytes < whole.byteLength);
        expect(exec).not.toHaveProperty("argvMissing");
        const kept = Buffer.from(exec?.argv ?? []);
        expect(kept.byteLength).toBe(Math.min(argvBytes, whole.byteLength));
        expect(kept.equals(whole.subarray(0, argvBytes))).toBe(true);
      });
    }
  },
);

kernelTest(
  "lengths about the size of a page, and of the limit, come out exactly",
  needs,
  async () => {
    await watched({ argvBytes: 8192 }, async ({ execs }) => {
      for (const bytes of [4095, 4096, 4097, 8191, 8192, 8193]) {
        const { pid } = await run("/bin/true", ["x".repeat(bytes - "/bin/true\0".length - 1)]);
        const exec = execs().find((one) => one.pid === pid);
        expect(exec).toMatchObject({ argvLength: bytes, argvTruncated: bytes > 8192 });
        expect(exec?.argv.byteLength).toBe(Math.min(bytes, 8192));
        expect(exec?.argv.subarray(10, -1).every((byte) => byte === 0x78)).toBe(true);
      }
    });
  },
);

kernelTest("an exec has its file, ids, control group and start", needs, async () => {
  await watched({}, async ({ execs }) => {
    // A shell of its own that waits, so that /proc can be asked.
    const script = "read -r _ _ < /dev/null; cat /proc/$$/stat /proc/self/cgroup";
    const { pid, stdout } = await run("sh", ["-c", script]);
    const exec = execs().find((one) => one.pid === pid);
    expect(exec).toMatchObject({ tgid: pid, oldPid: pid, ruid: process.getuid?.() });
    expect(exec).toMatchObject({ euid: process.geteuid?.(), rgid: process.getgid?.() });
    expect(exec?.filename).toMatch(/\/sh$/u);
    const stat = stdout.slice(0, stdout.indexOf("\n"));
    const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    expect(Number((exec?.startNs ?? 0n) / 10_000_000n)).toBe(Number(ticks));
    expect(exec?.cgroupId).toBeGreaterThan(0n);
  });
});

kernelTest("of a script, the script is told, not what reads it", needs, async () => {
  const directory = mkdtempSync(join(tmpdir(), "bpf-script-"));
  const script = join(directory, "script");
  try {
    writeFileSync(script, "#!/bin/sh -e\nexit 3\n", { mode: 0o755 });
    await watched({}, async ({ execs }) => {
      const { pid } = await run(script, ["one"]);
      const told = execs().filter((one) => one.pid === pid);
      expect(told.map(({ filename }) => filename)).toEqual([script]);
      const argv = splitArguments(told[0]?.argv ?? new Uint8Array(0));
      expect(argv).toEqual(["/bin/sh", "-e", script, "one"]);
    });
  } finally {
    rmSync(directory, { recursive: true });
  }
});

kernelTest(
  "an exec by another thread than the first names both ids",
  [...needs, compiler],
  async () => {
    await watched({}, async ({ execs, forks, exits }) => {
      const { pid } = await run(livesProgram(), ["exec", "/bin/true"]);
      const thread = forks().find((fork) => fork.tgid === pid && fork.isThread)?.pid ?? 0;
      const exec = execs().findLast((one) => one.tgid === pid);
      expect(exec).toMatchObject({ pid, oldPid: thread, filename: "/bin/true" });
      expect(splitArguments(exec?.argv ?? new Uint8Array(0))).toEqual(["from a thread"]);
      // The first thread ends for it, without being the last; the other's id goes without an exit.
      const ends = exits().filter((exit) => exit.tgid === pid);
      expect(ends.map((exit) => [exit.pid, exit.isLast])).toEqual([
        [pid, false],
        [pid, true],
      ]);
    });
  },
);
