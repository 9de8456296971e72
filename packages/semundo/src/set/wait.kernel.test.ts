// Needs of the kernel: System V semaphores; root, for an IPC namespace of the tests' own; perl for a peer.
import { kernelTest, root } from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { inNamespace, perl } from "./sets.fixture.ts";

const OPEN = `const set = await openSemaphores({ private: true, count: 1, initial: 1 });`;

kernelTest("a thousand waiters, by two objects: one thread, one sleeper, in order", [root], () => {
  const result = inNamespace(`${OPEN}
    const hold = await set.acquire(0);
    // The first thread ever also starts those that Node.js keeps.
    await code(set.acquire(0, 1, { timeoutMs: 20 }));
    await set.close();
    const second = await openSemaphores({ key: 7, create: true, count: 1 });
    const before = threads();
    const order = [];
    const again = await openSemaphores({ key: 7 });
    const all = Array.from({ length: 1000 }, async (_, i) => {
      const own = await (i % 2 === 0 ? second : again).acquire(0);
      order.push(i);
      if (i % 3 === 0) await null;
      own.release();
    });
    while (second.info(0).waiting === 0) await sleep(1);
    const seen = [threads() - before, second.waiting + again.waiting, second.info(0).waiting];
    second.tryOperate([{ semaphore: 0, change: 1 }]);
    await Promise.all(all);
    const left = [second.value(0), second.waiting];
    hold.release();
    set.remove();
    second.remove();
    return { seen, inOrder: order.every((at, i) => at === i), served: order.length, left };
  `);
  expect(result).toEqual({ seen: [1, 1000, 1], inOrder: true, served: 1000, left: [1, 0] });
});

kernelTest("the event loop goes on while an operation waits", [root], () => {
  const result = inNamespace(`${OPEN}
    let ticks = 0;
    const interval = setInterval(() => {
      ticks += 1;
      if (ticks === 20) set.tryOperate([{ semaphore: 0, change: 2 }]);
    }, 10);
    await set.operate(take(3));
    clearInterval(interval);
    set.remove();
    return ticks >= 20;
  `);
  expect(result).toBe(true);
});

kernelTest("waits for zero, and for several semaphores at once", [root], () => {
  const result = inNamespace(`
    const set = await openSemaphores({ private: true, count: 2, initial: [1, 0] });
    const order = [];
    const zero = set.operate([{ semaphore: 0, change: 0 }, { semaphore: 0, change: 5 }]).then(() => order.push("zero"));
    const both = set.operate([{ semaphore: 0, change: -2 }, { semaphore: 1, change: -1 }]).then(() => order.push("both"));
    while (set.info(0).waitingForZero === 0) await sleep(1);
    set.tryOperate(take(1));
    await zero;
    while (set.info(1).waiting === 0) await sleep(1);
    set.tryOperate([{ semaphore: 1, change: 1 }]);
    await both;
    const values = set.values();
    set.remove();
    return { order, values };
  `);
  expect(result).toEqual({ order: ["zero", "both"], values: [3, 0] });
});

kernelTest(
  "an abort, a time that is over and close() end a wait, wherever it is in the queue",
  [root],
  () => {
    const result = inNamespace(`${OPEN}
    const steps = take(2);
    const abort = new AbortController();
    const first = code(set.operate(steps, { signal: abort.signal }));
    const second = code(set.operate(steps, { timeoutMs: 30 }));
    const third = code(set.operate(steps, { signal: abort.signal }));
    const fourth = code(set.operate(steps, { timeoutMs: 60 }));
    const ends = [await second];
    while (set.info(0).waiting === 0) await sleep(1);
    abort.abort();
    ends.push(await first, await third, await fourth);
    const last = [code(set.operate(steps)), code(set.operate(steps))];
    await set.close();
    ends.push(...(await Promise.all(last)), await code(set.operate(steps)), await code(set.operate(take(1))));
    const value = set.value(0);
    set.remove();
    return { ends, value };
  `);
    expect(result).toEqual({
      ends: [
        "ETIMEDOUT",
        "ABORT_ERR",
        "ABORT_ERR",
        "ETIMEDOUT",
        "ECANCELED",
        "ECANCELED",
        "ECANCELED",
        "made",
      ],
      value: 0,
    });
  },
);

kernelTest("no unit is lost where aborts and timeouts meet what is given", [root, perl], () => {
  const result = inNamespace(`${OPEN}
    const { spawn } = await import("node:child_process");
    // Another process that takes and gives, so that the value changes without our loop knowing.
    const program = "for (;;) { semop(" + set.id + ", pack('s!3', 0, -1, 0x1000)) or last; " +
      "select(undef, undef, undef, rand(0.002)); semop(" + set.id + ", pack('s!3', 0, 1, 0x1000)) or last; " +
      "select(undef, undef, undef, rand(0.001)) }";
    const peer = spawn("perl", ["-e", program], { stdio: "ignore" });
    const ends = {};
    // The peer needs its time to start.
    const few = (end, n) => (ends[end] ?? 0) < n;
    for (let i = 0; few("ABORT_ERR", 100) || few("ETIMEDOUT", 30) || few("made", 100); i += 1) {
      const abort = new AbortController();
      const options = i % 4 === 0 ? { timeoutMs: Math.random() * 3 } : { signal: abort.signal };
      const wait = set.acquire(0, 1, { ...options, undo: i % 2 === 0 });
      setTimeout(() => abort.abort(), Math.random() * 3);
      const end = await wait.then((hold) => { hold.release(); return "made"; }, (error) => error.code);
      ends[end] = (ends[end] ?? 0) + 1;
    }
    peer.kill("SIGKILL");
    await new Promise((resolve) => peer.once("exit", resolve));
    const value = set.value(0);
    set.remove();
    return { value, kinds: Object.keys(ends).sort() };
  `);
  expect(result).toEqual({ value: 1, kinds: ["ABORT_ERR", "ETIMEDOUT", "made"] });
});

kernelTest("what the kernel gave before the abort goes back, with or without undo", [root], () => {
  const result = inNamespace(`${OPEN}
    const ends = new Set();
    const values = new Set();
    for (let i = 0; i < 200; i += 1) {
      const hold = set.tryAcquire(0);
      const abort = new AbortController();
      const wait = code(set.acquire(0, 1, { signal: abort.signal, undo: i % 2 === 0 }));
      while (set.info(0).waiting === 0) await sleep(0);
      // The kernel hands it on to the sleeper at once.
      hold.release();
      values.add(set.value(0));
      abort.abort();
      ends.add(await wait);
      values.add(set.value(0));
    }
    set.remove();
    return { ends: [...ends], values: [...values] };
  `);
  expect(result).toEqual({ ends: ["ABORT_ERR"], values: [0, 1] });
});

kernelTest("all who wait get EIDRM when the set is removed, by us or by another", [root], () => {
  const result = inNamespace(`${OPEN}
    const { spawnSync } = await import("node:child_process");
    const other = await openSemaphores({ private: true, count: 1 });
    const waits = [set, set, other, other].map((each) => code(each.operate(take(2))));
    while (set.info(0).waiting + other.info(0).waiting < 2) await sleep(1);
    set.remove();
    spawnSync("ipcrm", ["-s", String(other.id)]);
    return Promise.all(waits);
  `);
  expect(result).toEqual(["EIDRM", "EIDRM", "EIDRM", "EIDRM"]);
});

kernelTest("a signal with which many wait is let go by all of them", [root], () => {
  const result = inNamespace(`${OPEN}
    const warnings = [];
    process.on("warning", (warning) => warnings.push(warning.message));
    const abort = new AbortController();
    const waits = Array.from({ length: 100 }, () => code(set.operate(take(2), { signal: abort.signal })));
    const sets = await Promise.all(Array.from({ length: 20 }, () => openSemaphores({ private: true, count: 1 })));
    waits.push(...sets.map((each) => code(each.operate(take(1), { signal: abort.signal }))));
    await sleep(50);
    abort.abort();
    const ends = new Set(await Promise.all(waits));
    for (const each of [set, ...sets]) each.remove();
    return { ends: [...ends], warnings };
  `);
  expect(result).toEqual({ ends: ["ABORT_ERR"], warnings: [] });
});

kernelTest("an abort gets through whatever the program does with SIGURG", [root], () => {
  const result = inNamespace(`${OPEN}
    const ends = [];
    const listener = () => {};
    for (const change of [() => {}, () => process.on("SIGURG", listener), () => process.off("SIGURG", listener)]) {
      change();
      const abort = new AbortController();
      const wait = code(set.operate(take(2), { signal: abort.signal }));
      while (set.info(0).waiting === 0) await sleep(1);
      abort.abort();
      ends.push(await wait);
    }
    set.remove();
    return ends;
  `);
  expect(result).toEqual(["ABORT_ERR", "ABORT_ERR", "ABORT_ERR"]);
});

kernelTest("who only gives does not wait behind those who wait for it", [root], () => {
  const result = inNamespace(`${OPEN}
    const taken = set.operate(take(2));
    await sleep(20);
    await set.operate([{ semaphore: 0, change: 2 }]);
    await taken;
    set.remove();
    return "both";
  `);
  expect(result).toBe("both");
});

kernelTest(
  "waiting leaves a signal without listeners, and the standard streams as they were",
  [root],
  () => {
    const result = inNamespace(`${OPEN}
    const { getEventListeners } = await import("node:events");
    const { readFileSync } = await import("node:fs");
    const flags = (fd) => readFileSync("/proc/self/fdinfo/" + fd, "utf8").match(/flags:\\s*(\\d+)/)[1];
    const before = [flags(1), flags(2)];
    const { signal } = new AbortController();
    const waits = [1, 2].map(() => set.operate(take(1), { signal }));
    await sleep(50);
    set.tryOperate([{ semaphore: 0, change: 2 }]);
    await Promise.all(waits);
    set.remove();
    return [getEventListeners(signal, "abort").length, before.join() === [flags(1), flags(2)].join()];
  `);
    expect(result).toEqual([0, true]);
  },
);
