// Needs no privilege.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, rmSync, writeFileSync } from "node:fs";
import { kernelTest, openDescriptors } from "@task-watchers/kernel-test";
import { expect } from "vitest";
import type { JitProcess } from "./frame.ts";
import { JitMapFile } from "./jit-map-file.ts";
import { createSymbolizer } from "./symbolizer.ts";

/** This process, as one that has compiled code; its map is taken away afterwards. */
function withMap(body: (process: JitProcess, path: string) => void): void {
  const { pid } = process;
  const path = `/tmp/perf-${pid}.map`;
  try {
    body({ tgid: pid, nsPid: pid, startedMs: 0, uid: process.getuid?.() }, path);
  } finally {
    rmSync(path, { force: true });
  }
}

kernelTest("a map is read on from where it was left, and anew when it was written anew", [], () =>
  withMap((process, path) => {
    const file = new JitMapFile(process);
    file.update();
    expect(file.map).toBeUndefined();
    writeFileSync(path, "1000 10 one\n2000 10 tw");
    file.update();
    appendFileSync(path, "o\n");
    file.update();
    expect([file.map?.find(0x1000n), file.map?.find(0x2000n), file.map?.malformed]).toEqual([
      "one",
      "two",
      0,
    ]);
    writeFileSync(path, "3000 10 three\n");
    file.update();
    expect([file.map?.find(0x1000n), file.map?.find(0x3000n)]).toEqual([undefined, "three"]);
  }),
);

kernelTest("of a map that is too large the end is read, and what is left out is counted", [], () =>
  withMap((process, path) => {
    writeFileSync(path, "1000 10 one\n2000 10 two\n3000 10 three\n");
    const file = new JitMapFile(process, 20);
    file.update();
    expect([file.map?.find(0x2000n), file.map?.find(0x3000n), file.skippedBytes]).toEqual([
      undefined,
      "three",
      18,
    ]);
    appendFileSync(path, "4000 10 four\n");
    file.update();
    expect([file.map?.find(0x3000n), file.map?.find(0x4000n)]).toEqual(["three", undefined]);
    expect(file.skippedBytes).toBe(31);
    file.update();
    expect(file.skippedBytes).toBe(31);
  }),
);

kernelTest(
  "a map under another number is held, and read when its process is gone",
  [],
  async () => {
    const before = openDescriptors();
    const child = spawn("sleep", ["60"], { stdio: "ignore" });
    await once(child, "spawn");
    const tgid = child.pid ?? 0;
    // A number that no process has: more than the kernel gives out.
    const nsPid = 5_000_000 + tgid;
    const path = `/tmp/perf-${nsPid}.map`;
    try {
      writeFileSync(path, "1000 10 one\n");
      const symbolizer = createSymbolizer();
      const other: JitProcess = { tgid, nsPid, startedMs: 0, uid: process.getuid?.() };
      symbolizer.holdJitMap(other);
      appendFileSync(path, "2000 10 two\n");
      child.kill("SIGKILL");
      await once(child, "exit");
      symbolizer.readJitMap(other);
      expect(symbolizer.inJit(other, 0x1000n)?.name).toBe("one");
      expect(symbolizer.inJit(other, 0x2000n)?.name).toBe("two");
      symbolizer.close();
      symbolizer.close();
      expect(openDescriptors()).toEqual(before);
    } finally {
      child.kill("SIGKILL");
      rmSync(path, { force: true });
    }
  },
);
