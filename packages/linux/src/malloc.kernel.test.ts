// Needs: nothing but Linux. Runs in child processes: the setting is for good. Where the C library is not glibc, that it says so.
import { spawnSync } from "node:child_process";
import { installed, kernelTest } from "@task-watchers/kernel-test";
import { expect } from "vitest";

interface Header {
  readonly header: { readonly glibcVersionRuntime?: string };
}
/** Absent where the C library is another. */
const glibcVersion = (process.report.getReport() as unknown as Header).header.glibcVersionRuntime;

/** Frees one large block, then some smaller ones. @returns what stays of these, MB, and what the setting said */
function keptMegabytes(isSet: boolean): { kept: number; said: boolean | undefined } {
  const program = `
    import { keepMallocThresholds } from "@task-watchers/linux/malloc";
    const said = ${isSet} ? keepMallocThresholds() : undefined;
    const MB = 2 ** 20;
    const fill = (blocks, bytes) => Array.from({ length: blocks }, () => Buffer.alloc(bytes, 1));
    const settle = async () => {
      for (let i = 0; i < 3; i++) { gc(); await new Promise((resolve) => setTimeout(resolve, 20)); }
    };
    fill(1, 24 * MB);
    await settle();
    const before = process.memoryUsage.rss();
    let blocks = fill(40, MB / 2);
    const held = process.memoryUsage.rss();
    blocks = undefined;
    await settle();
    if (held - before < 16 * MB) throw new Error("the blocks took no memory: " + (held - before));
    console.log(JSON.stringify({ kept: (process.memoryUsage.rss() - before) / MB, said }));
  `;
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ["--expose-gc", "--input-type=module", "-e", program],
    { cwd: installed("linux"), encoding: "utf8", timeout: 10_000 },
  );
  expect([status, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout) as { kept: number; said: boolean | undefined };
}

kernelTest("keepMallocThresholds() has freed blocks given back", [], () => {
  const { kept, said } = keptMegabytes(true);
  expect(said).toBe(glibcVersion !== undefined);
  if (glibcVersion === undefined) return;
  expect(kept).toBeLessThan(4);
  expect(keptMegabytes(false).kept).toBeGreaterThan(12);
});
