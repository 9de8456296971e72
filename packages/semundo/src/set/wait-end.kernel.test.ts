// Needs of the kernel: System V semaphores; root, for an IPC namespace of the tests' own.
import { kernelTest, root } from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { endInNamespace } from "./sets.fixture.ts";

const OPEN = `const set = await openSemaphores({ private: true, count: 1, initial: 1 });`;

kernelTest("a program ends whatever waits: by process.exit, an error, or by itself", [root], () => {
  const wait = `${OPEN} set.tryOperate(take(1));`;
  const exit = `setTimeout(() => process.exit(3), 100);`;
  expect(endInNamespace(`${wait} set.acquire(0); ${exit}`)).toBe("3: ");
  expect(endInNamespace(`${wait} set.acquire(0); process.exit(4);`)).toBe("4: ");
  const fail = `setTimeout(() => { throw new Error("x"); }, 100);`;
  expect(endInNamespace(`${wait} set.acquire(0); ${fail}`)).toBe("1: ");
  const ends = `console.log(await code(set.acquire(0, 1, { timeoutMs: 50 })));`;
  expect(endInNamespace(`${wait} ${ends}`)).toBe("0: ETIMEDOUT\n");
  const unref = `set.acquire(0, 1, { ref: false }); setTimeout(() => {}, 100);`;
  expect(endInNamespace(`${wait} ${unref}`)).toBe("0: ");
});

kernelTest("a program may end at any moment of a thread's life", [root], () => {
  const ends = endInNamespace(`
    const { spawnSync } = await import("node:child_process");
    const program = 'import { openSemaphores } from "@task-watchers/semundo/set";' +
      'const sets = await Promise.all(Array.from({ length: 4 }, () => openSemaphores({ private: true, count: 1 })));' +
      'const signal = AbortSignal.timeout(process.argv[1] / 2);' +
      'for (const set of sets) set.acquire(0, 1, { signal }).catch(() => {});' +
      'setTimeout(() => process.exit(0), +process.argv[1])';
    const ends = new Set();
    for (let at = 0; at < 100; at += 4) {
      const args = ["--input-type=module", "-e", program, String(at)];
      const { status, signal, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
      ends.add((status ?? signal) + stderr);
    }
    console.log(...ends);
  `);
  expect(ends).toBe("0: 0\n");
});

kernelTest("a wait keeps the program alive until it is over", [root], () => {
  const ends = endInNamespace(`${OPEN}
    const hold = set.tryAcquire(0);
    set.acquire(0).then(() => console.log("served"));
    setTimeout(() => hold.release(), 100).unref();
  `);
  expect(ends).toBe("0: served\n");
});

kernelTest("what was made while the program ends is taken back", [root], () => {
  const ends = endInNamespace(`${OPEN}
    const hold = set.tryAcquire(0, 1, { undo: false });
    set.operate(take(1), { undo: false });
    const { spawnSync } = await import("node:child_process");
    while (set.info(0).waiting === 0) await sleep(1);
    hold.release();
    // The thread has made it; the loop does not know yet.
    while (set.value(0) !== 0) spawnSync("true");
    process.on("exit", () => console.log(set.value(0)));
    process.exit();
  `);
  expect(ends).toBe("0: 1\n");
});

kernelTest("the thread loads nothing of what the program was told to load", [root], () => {
  const ends = endInNamespace(`${OPEN}
    const { spawnSync } = await import("node:child_process");
    const program = 'import { openSemaphores } from "@task-watchers/semundo/set";' +
      'const set = await openSemaphores({ private: true, count: 1 });' +
      'await set.acquire(0, 1, { timeoutMs: 200 }).catch((error) => console.log(error.code));';
    const preload = "--import=data:text/javascript,console.log('loaded')";
    const args = [preload, "--input-type=module", "-e", program];
    const env = { ...process.env, NODE_OPTIONS: preload };
    console.log(spawnSync(process.execPath, args, { encoding: "utf8", env }).stdout);
  `);
  expect(ends).toBe("0: loaded\nETIMEDOUT\n\n");
});
