// Needs of the kernel: SysV semaphores; pidfds (Linux 5.3).
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { installed, kernel, kernelTest, openDescriptors } from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { createLedger } from "./ledger.ts";
import { identify } from "./process-identity.ts";
import { killed, sleeper, until, withSet } from "./scenes.fixture.ts";

const NEEDS = [kernel("5.3")];

kernelTest("what a child holds goes back when it is killed, and nothing stays open", NEEDS, () =>
  withSet(2, async (set) => {
    const child = sleeper();
    const before = openDescriptors();
    using ledger = createLedger();
    const hold = await ledger.holder(child).acquire(set, 0, { units: 2 });
    expect(set.value(0)).toBe(0);
    expect(ledger.holders()[0]?.process?.pid).toBe(child.pid);
    await killed(child);
    await until(() => hold.released);
    expect(set.value(0)).toBe(2);
    // The child's own descriptors, which Node.js closes at its end, are not among them.
    expect(openDescriptors().filter((link) => !before.includes(link))).toEqual([]);
  }),
);

kernelTest("a holder that runs another program is the same holder", NEEDS, () =>
  withSet(1, async (set) => {
    const child = spawn("sh", ["-c", "read x; exec sleep 60"], {
      stdio: ["pipe", "ignore", "ignore"],
    });
    using ledger = createLedger();
    await ledger.holder(child.pid ?? 0).acquire(set, 0);
    child.stdin.end("\n");
    await until(() => readFileSync(`/proc/${child.pid}/comm`, "latin1") === "sleep\n");
    expect(set.value(0)).toBe(0);
    await killed(child);
    await until(() => set.value(0) === 1);
  }),
);

kernelTest("a worker thread's units go back at its end, not the process's", NEEDS, () =>
  withSet(1, async (set) => {
    const worker = new Worker("setInterval(() => {}, 1000)", { eval: true });
    await once(worker, "online");
    using ledger = createLedger();
    const hold = ledger.holder(worker).tryAcquire(set, 0);
    expect(set.value(0)).toBe(0);
    await worker.terminate();
    await until(() => hold?.released === true);
    expect(set.value(0)).toBe(1);
    expect(() => ledger.holder(worker)).toThrow(expect.objectContaining({ code: "ESRCH" }));
  }),
);

kernelTest(
  "who is dead, was never started, or is another by its start can hold nothing",
  NEEDS,
  () =>
    withSet(1, async (set) => {
      using ledger = createLedger();
      const { pid } = spawnSync("true");
      const failed = spawn("/nonexistent");
      failed.on("error", () => {});
      const child = sleeper();
      const { startTicks = 0 } = identify(child.pid ?? 0) ?? {};
      const other = { pid: child.pid ?? 0, startTicks: startTicks - 1 };
      for (const target of [pid, failed, other]) {
        expect(() => ledger.holder(target)).toThrow(expect.objectContaining({ code: "ESRCH" }));
      }
      const holder = ledger.holder({ pid: child.pid ?? 0, startTicks });
      await killed(child);
      expect(() => holder.tryAcquire(set, 0)).toThrow(expect.objectContaining({ code: "ESRCH" }));
      expect(set.value(0)).toBe(1);
    }),
);

kernelTest("a set that is removed while units are held harms nobody", NEEDS, () =>
  withSet(1, async (set) => {
    const child = sleeper();
    using ledger = createLedger();
    const hold = await ledger.holder(child).acquire(set, 0);
    set.remove();
    await killed(child);
    await until(() => hold.released);
    expect(ledger.counters()).toMatchObject({ setsGone: 1, failed: 0, holders: 0 });
  }),
);

kernelTest(
  "the value is clamped as the kernel clamps it, and our own record ends at 0",
  NEEDS,
  () =>
    withSet(0, async (set, key) => {
      const program = `
      import { openSemaphores, createLedger } from "@task-watchers/semundo";
      const set = await openSemaphores({ key: ${key} });
      const ledger = createLedger();
      const scope = ledger.scope();
      scope.tryOperate(set, [{ semaphore: 0, change: 5 }]);
      set.tryOperate([{ semaphore: 0, change: -3 }]);
      scope.release();
      console.log(set.value(0), JSON.stringify(ledger.counters().dropped));
      scope.tryOperate(set, [{ semaphore: 0, change: 30000 }]);
      scope.tryOperate(set, [{ semaphore: 0, change: -30000 }]);
      set.tryOperate([{ semaphore: 0, change: 7 }]);
    `;
      const ended = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
        cwd: installed("semundo"),
        encoding: "utf8",
      });
      expect(ended).toMatchObject({ status: 0, stdout: "0 3\n", stderr: "" });
      // Had a remainder been left in the record, the kernel would have applied it now.
      expect(set.value(0)).toBe(7);
    }),
);
