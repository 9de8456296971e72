// Needs no privilege.
import { appendFileSync, rmSync, writeFileSync } from "node:fs";
import { kernelTest } from "@task-watchers/kernel-test";
import { expect } from "vitest";
import type { JitProcess } from "./frame.ts";
import { JitMapFile } from "./jit-map-file.ts";

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
