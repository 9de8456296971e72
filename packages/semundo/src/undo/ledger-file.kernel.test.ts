// Needs of the kernel: SysV semaphores; pidfds (Linux 5.3).
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { installed, kernel, kernelTest } from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { createLedger } from "./ledger.ts";
import { identify } from "./process-identity.ts";
import { killed, sleeper, until, withDirectory, withSet } from "./scenes.fixture.ts";

const NEEDS = [kernel("5.3")];

const CRASHING = `
import { createLedger, openSemaphores } from "@task-watchers/semundo";
const [key, file, ...pids] = process.argv.slice(1);
const set = await openSemaphores({ key: Number(key) });
const ledger = createLedger({ file });
for (const pid of pids) await ledger.holder(Number(pid)).acquire(set, 0, { units: 2 });
console.log("ready");
`;

kernelTest(
  "after a crash of ours, living holders have their units again and dead ones have not",
  NEEDS,
  () =>
    withSet(6, (set, key) =>
      withDirectory(async (directory) => {
        const file = join(directory, "ledger");
        const [dies, lives, late] = [sleeper(), sleeper(), sleeper()];
        const pids = [dies, lives, late].map(({ pid }) => String(pid));
        const crashing = spawn(
          process.execPath,
          ["--input-type=module", "-e", CRASHING, String(key), file, ...pids],
          { cwd: installed("semundo"), stdio: ["ignore", "pipe", "inherit"] },
        );
        await once(crashing.stdout, "data");
        expect(set.value(0)).toBe(0);
        expect(() => createLedger({ file })).toThrow(expect.objectContaining({ code: "EBUSY" }));
        await killed(crashing);
        // The kernel has given back what was ours to hold.
        expect(set.value(0)).toBe(6);
        await killed(dies);
        // Another has come between, and the last one gets one unit of two.
        set.tryOperate([{ semaphore: 0, change: -3 }]);
        appendFileSync(file, '{"half a li');
        using ledger = createLedger({ file });
        expect(statSync(file).mode & 0o777).toBe(0o600);
        expect(ledger.restore(set)).toEqual({ living: 2, dead: 1, overcommitted: 1 });
        expect(ledger.restore(set)).toEqual({ living: 0, dead: 0, overcommitted: 0 });
        expect(ledger.counters()).toMatchObject({ overcommitted: 1, linesSkipped: 1, holders: 2 });
        expect(set.value(0)).toBe(0);
        await killed(lives);
        await killed(late);
        await until(() => ledger.counters().holders === 0);
        expect(set.value(0)).toBe(3);
      }),
    ),
);

kernelTest("a ledger's file that is no ledger, a link, or open to others is refused", NEEDS, () =>
  withDirectory(async (directory) => {
    const file = join(directory, "ledger");
    createLedger({ file }).close();
    symlinkSync(file, join(directory, "link"));
    expect(() => createLedger({ file: join(directory, "link") })).toThrow(
      expect.objectContaining({ code: "ELOOP" }),
    );
    chmodSync(file, 0o644);
    expect(() => createLedger({ file })).toThrow(expect.objectContaining({ code: "EACCES" }));
    for (const text of ["", "\n", "\0\0", "{}\n", '{"semundo":99}\n']) {
      writeFileSync(join(directory, "bad"), text, { mode: 0o600 });
      expect(() => createLedger({ file: join(directory, "bad") })).toThrow(
        expect.objectContaining({ code: "EINVAL" }),
      );
    }
    expect(() => createLedger({ file: directory })).toThrow();
    expect(() => createLedger({ file: "" })).toThrow(TypeError);
  }),
);

kernelTest("an entry whose pid has another owner now is of a dead holder", NEEDS, () =>
  withSet(1, (set) =>
    withDirectory(async (directory) => {
      const file = join(directory, "ledger");
      createLedger({ file }).close();
      const { startTicks = 0 } = identify(process.pid) ?? {};
      const entry = {
        pid: process.pid,
        startTicks: startTicks - 5,
        set: set.id,
        adjusts: [[0, 1]],
      };
      appendFileSync(file, `${JSON.stringify(entry)}\n`);
      using ledger = createLedger({ file });
      expect(ledger.restore(set)).toEqual({ living: 0, dead: 1, overcommitted: 0 });
      expect(set.value(0)).toBe(1);
    }),
  ),
);

kernelTest("a ledger whose file went away writes into no other, and closes no other", NEEDS, () =>
  withSet(1, (set) =>
    withDirectory(async (directory) => {
      const home = join(directory, "home");
      mkdirSync(home);
      const ledger = createLedger({ file: join(home, "ledger") });
      try {
        const holder = ledger.holder(process.pid);
        const use = (): void => holder.tryAcquire(set, 0)?.release();
        for (let n = 0; n < 400; n++) use();
        rmSync(home, { recursive: true });
        for (let n = 0; n < 400; n++) use();
        const other = openSync(join(directory, "other"), "w");
        use();
        expect(readFileSync(join(directory, "other"), "utf8")).toBe("");
        closeSync(other);
        expect(set.value(0)).toBe(1);
      } finally {
        await ledger.close();
      }
    }),
  ),
);
