// Needs of the kernel: seccomp user notification for any user (Linux 5.5); root to become nobody; unshare and xargs.
import { kernel, kernelTest, program, root } from "@task-watchers/kernel-test";
import { expect, vi } from "vitest";
import { resultOf, type Surroundings } from "./program.fixture.ts";

vi.setConfig({ testTimeout: 120_000 });

const NEEDS = [kernel("5.5"), root, program("xargs"), program("unshare"), program("setpriv")];

for (const surroundings of ["ourselves", "nobody", "new namespaces"] as Surroundings[]) {
  kernelTest(`every argument of 1,200 short programs is had, as ${surroundings}`, NEEDS, () => {
    const result = resultOf(
      `
      const stop = await open();
      const seen = {};
      for (const parallel of [1, 4, 16]) {
        calls.length = 0;
        await run(stop, "/bin/sh", ["-c", "seq 400 | xargs -P " + parallel + " -n 1 /bin/true"]);
        const words = calls.filter(({ path }) => path === "/bin/true").map(({ argv }) => argv);
        seen[parallel] = [
          words.length,
          words.every((argv) => argv.length === 2 && argv[0] === "/bin/true"),
          new Set(words.map(([, number]) => Number(number))).size,
        ];
      }
      const { counters } = stop;
      await stop.close();
      return { seen, troubles, counters: { ...counters, calls: counters.calls - counters.continued } };
    `,
      surroundings,
    );
    expect(result).toEqual({
      seen: { 1: [400, true, 400], 4: [400, true, 400], 16: [400, true, 400] },
      troubles: [],
      counters: {
        calls: 0,
        continued: expect.any(Number),
        refused: 0,
        vanished: 0,
        thrown: 0,
        late: 0,
        others: 0,
        missing: {},
      },
    });
  });
}
