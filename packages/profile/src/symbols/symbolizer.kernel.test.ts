// Needs cc and nm; CAP_SYSLOG for the kernel's names, CAP_SYS_ADMIN for a deleted library; the rest no privilege.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { capability, compileC, compiler, kernelTest, program } from "@task-watchers/kernel-test";
import { expect } from "vitest";
import type { MappedFile } from "./frame.ts";
import { createSymbolizer } from "./symbolizer.ts";

const SLEEPER = `
#include <unistd.h>
__attribute__((noinline)) void sleep_a_lot(void) { for (;;) pause(); }
int main(void) { write(1, "x", 1); sleep_a_lot(); return 0; }
`;

async function withFolder(body: (folder: string) => Promise<void> | void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "symbolizer-"));
  try {
    await body(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function stop(child: ChildProcess): Promise<void> {
  const exited =
    child.exitCode !== null || child.signalCode !== null ? undefined : once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}

function offsetOf(path: string, name: string): bigint {
  const line = execFileSync("nm", [path], { encoding: "utf8" })
    .split("\n")
    .find((line) => line.endsWith(` ${name}`));
  return BigInt(`0x${line?.split(" ")[0]}`);
}

kernelTest(
  "a program deleted or replaced while it runs keeps its names, as long as it runs",
  [compiler, program("nm")],
  () =>
    withFolder(async (folder) => {
      const path = join(folder, "sleeper");
      copyFileSync(compileC(SLEEPER, "sleeper"), path);
      const offset = offsetOf(path, "sleep_a_lot");
      const child = spawn(path, { stdio: ["ignore", "pipe", "ignore"] });
      try {
        await once(child.stdout ?? child, "data");
        const { ino } = statSync(path, { bigint: true });
        const file: MappedFile = { path, major: 0, minor: 0, inode: ino, tgid: child.pid ?? 0 };
        rmSync(path);
        const deleted = { ...file, path: `${path} (deleted)` };
        expect(createSymbolizer().inFile(deleted, offset)).toMatchObject({
          name: "sleep_a_lot",
          resolved: true,
        });
        // Another file under the same name, with a function at the same place.
        copyFileSync(compileC(SLEEPER.replaceAll("sleep_a_lot", "sleep_a_bit"), "sleeper"), path);
        expect(createSymbolizer().inFile(file, offset)).toMatchObject({
          name: "sleep_a_lot",
          resolved: true,
        });
        await stop(child);
        const { inFile, counters } = createSymbolizer();
        expect(inFile(file, offset)).toEqual({
          name: `sleeper+0x${offset.toString(16)}`,
          module: path,
          kind: "user",
          resolved: false,
        });
        inFile(file, offset);
        expect(counters).toMatchObject({ files: 0, filesWithoutSymbols: 1 });
      } finally {
        await stop(child);
      }
    }),
);

kernelTest(
  "a library deleted while a program uses it keeps its names",
  [compiler, program("nm"), capability("CAP_SYS_ADMIN")],
  () =>
    withFolder(async (folder) => {
      const path = join(folder, "library.so");
      const source = "int exported_by_library(int n) { return n * 5 + 3; }";
      copyFileSync(compileC(source, "library", ["-shared", "-fPIC"]), path);
      const offset = offsetOf(path, "exported_by_library");
      const child = spawn(compileC(SLEEPER, "sleeper"), {
        env: { LD_PRELOAD: path },
        stdio: ["ignore", "pipe", "ignore"],
      });
      try {
        await once(child.stdout ?? child, "data");
        const { ino } = statSync(path, { bigint: true });
        const file = { path, major: 0, minor: 0, inode: ino, tgid: child.pid ?? 0 };
        rmSync(path);
        const wanted = { name: "exported_by_library", module: path, resolved: true };
        expect(createSymbolizer().inFile(file, offset)).toMatchObject(wanted);
      } finally {
        await stop(child);
      }
    }),
);

kernelTest(
  "a pipe, a folder and a file of nonsense in a file's place are counted, and nothing waits for them",
  [program("mkfifo")],
  () =>
    withFolder((folder) => {
      const { inFile, counters } = createSymbolizer();
      const at = (path: string): MappedFile => ({
        path,
        major: 0,
        minor: 0,
        inode: 0n,
        tgid: process.pid,
      });
      execFileSync("mkfifo", [join(folder, "pipe")]);
      writeFileSync(join(folder, "nonsense"), "not a program");
      for (const path of [
        join(folder, "pipe"),
        folder,
        join(folder, "missing"),
        "anon_inode:[x]",
      ]) {
        expect(inFile(at(path), 16n).resolved).toBe(false);
      }
      expect(counters).toMatchObject({ files: 0, filesWithoutSymbols: 4, filesCorrupt: 0 });
      expect(inFile(at(join(folder, "nonsense")), 16n).name).toBe("nonsense+0x10");
      expect(counters).toMatchObject({ files: 1, filesCorrupt: 1 });
    }),
);

kernelTest(
  "the kernel's functions have the names of /proc/kallsyms",
  [capability("CAP_SYSLOG")],
  () => {
    const { inKernel, counters } = createSymbolizer();
    const symbols = [
      ...readFileSync("/proc/kallsyms", "utf8").matchAll(/^([0-9a-f]+) [tT] (\S+)$/gmu),
    ];
    const [, hex, name] = symbols.find(([, , name]) => name === "schedule") ?? [];
    const address = BigInt(`0x${hex}`);
    expect(inKernel(address)).toEqual({ name, module: "[kernel]", kind: "kernel", resolved: true });
    expect(inKernel(address + 1n)).toBe(inKernel(address));
    expect(inKernel(0x1000n)).toMatchObject({ name: "[kernel]+0x1000", resolved: false });
    expect(counters.notes).toEqual([]);
  },
);

kernelTest("who may not see the kernel's addresses is told what would help", [], () =>
  withFolder((folder) => {
    const path = join(folder, "kallsyms");
    writeFileSync(path, "0000000000000000 T startup_64\n0000000000000000 t x\t[ext4]\n");
    const { inKernel, counters } = createSymbolizer({ kallsyms: path });
    expect(inKernel(0xffffffff81000000n)).toEqual({
      name: "[kernel]",
      module: "[kernel]",
      kind: "kernel",
      resolved: false,
    });
    expect(counters.notes).toEqual([
      "the kernel's functions have no names: it hides their addresses; needs CAP_SYSLOG, or kernel.kptr_restrict=0 and kernel.perf_event_paranoid=1",
    ]);
    const absent = createSymbolizer({ kallsyms: join(folder, "none") });
    expect(absent.inKernel(1n).resolved).toBe(false);
    expect(absent.counters.notes).toEqual([
      "the kernel's functions have no names: /proc/kallsyms: ENOENT",
    ]);
  }),
);

kernelTest("functions of modules and BPF programs are told from the kernel's", [], () =>
  withFolder((folder) => {
    const path = join(folder, "kallsyms");
    const lines = [
      "ffff000000000000 T one",
      "ffff000000000010 D data",
      "ffff000000000020 t two\t[ext4]",
      "ffff000000000020 T alias\t[ext4]",
    ];
    writeFileSync(path, `${lines.join("\n")}\nnonsense\nffff00000000003`);
    const { inKernel } = createSymbolizer({ kallsyms: path });
    expect(inKernel(0xffff00000000000fn)).toMatchObject({ name: "one", module: "[kernel]" });
    expect(inKernel(0xffff000000000010n).resolved).toBe(false);
    expect(inKernel(0xffff000000000021n)).toMatchObject({ name: "two", module: "[ext4]" });
    expect(inKernel(0xffff000000200000n).resolved).toBe(false);
  }),
);

kernelTest("a function of the vdso is found by its offset", [], () => {
  const { inVdso } = createSymbolizer();
  const frames = Array.from({ length: 4096 }, (_, i) => inVdso(BigInt(i * 4)));
  const names = new Set(frames.filter(({ resolved }) => resolved).map(({ name }) => name));
  expect([...names].some((name) => name.endsWith("clock_gettime"))).toBe(true);
  expect(inVdso(1n << 40n)).toEqual({
    name: "[vdso]+0x10000000000",
    module: "[vdso]",
    kind: "vdso",
    resolved: false,
  });
});
