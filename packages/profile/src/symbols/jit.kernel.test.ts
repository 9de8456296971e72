// Needs no privilege.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kernelTest } from "@task-watchers/kernel-test";
import { expect } from "vitest";
import type { JitProcess } from "./frame.ts";
import { createSymbolizer } from "./symbolizer.ts";

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

const BUSY = `
  function hotFunction(n) { let s = 0; for (let i = 0; i < n; i++) s += Math.sqrt(i); return s; }
  const end = process.cpuUsage().user + 300e3; while (process.cpuUsage().user < end) hotFunction(1e5);
  process.stdout.write("done"); setInterval(() => {}, 1000);
`;

async function busyNode(
  body: (child: ChildProcess, jit: JitProcess, map: string) => Promise<void>,
): Promise<void> {
  const startedMs = Date.now();
  const child = spawn(
    process.execPath,
    ["--perf-basic-prof-only-functions", "--interpreted-frames-native-stack", "-e", BUSY],
    {
      stdio: ["ignore", "pipe", "ignore"],
    },
  );
  const map = `/tmp/perf-${child.pid}.map`;
  try {
    await once(child.stdout ?? child, "data");
    const pid = child.pid ?? 0;
    await body(child, { tgid: pid, nsPid: pid, startedMs, uid: process.getuid?.() }, map);
  } finally {
    await stop(child);
    rmSync(map, { force: true });
  }
}

function addressIn(map: string, name: RegExp): bigint {
  const lines = readFileSync(map, "utf8")
    .split("\n")
    .filter((line) => name.test(line));
  return BigInt(`0x${lines.at(-1)?.split(" ")[0]}`);
}

kernelTest(
  "functions that Node.js compiled have their names, file and line, also when it is gone",
  [],
  () =>
    busyNode(async (child, jit, map) => {
      const symbolizer = createSymbolizer();
      const address = addressIn(map, /JS:o?\*hotFunction/u);
      const frame = symbolizer.inJit(jit, address + 4n);
      expect(frame).toEqual({
        name: "hotFunction",
        module: "[jit]",
        kind: "jit",
        resolved: true,
        file: "[eval]",
        line: 2,
        column: 23,
      });
      expect(symbolizer.inJit(jit, 1n)).toBeUndefined();
      expect(symbolizer.counters).toMatchObject({ jitMaps: 1, jitLinesMalformed: 0 });
      await stop(child);
      // By then the code has moved; the same function is the same frame.
      writeFileSync(
        map,
        `${address.toString(16)} 40 JS:^other [eval]:3:4\n\n7000 10 JS:*hotFunction [eval]:2:23\n`,
        { flag: "a" },
      );
      symbolizer.readJitMap(jit);
      expect(symbolizer.inJit(jit, address)).toMatchObject({ name: "other", line: 3 });
      expect(symbolizer.inJit(jit, 0x7000n)).toBe(frame);
      expect(symbolizer.counters).toMatchObject({ jitMaps: 1, jitLinesMalformed: 1 });
      symbolizer.forget(jit.tgid);
      rmSync(map);
      expect(symbolizer.inJit(jit, address)).toBeUndefined();
    }),
);

kernelTest("a map that is older than the process, of another user, or a link is not used", [], () =>
  withFolder((folder) =>
    busyNode(async (_, jit, map) => {
      const address = addressIn(map, /hotFunction/u);
      const find = (process: JitProcess): string | undefined =>
        createSymbolizer().inJit(process, address)?.name;
      expect(find(jit)).toBe("hotFunction");
      expect(find({ ...jit, startedMs: Date.now() + 60_000 })).toBeUndefined();
      expect(find({ ...jit, uid: 12345 })).toBeUndefined();
      expect(find({ ...jit, uid: undefined })).toBeUndefined();
      renameSync(map, join(folder, "map"));
      execFileSync("ln", ["-s", join(folder, "map"), map]);
      expect(find(jit)).toBeUndefined();
      expect(existsSync(join(folder, "map"))).toBe(true);
    }),
  ),
);
