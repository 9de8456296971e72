// Needs of the kernel: System V semaphores for any user; root, to become nobody and for IPC namespaces.
import { asNobody, installed, kernelTest, root } from "@task-watchers/kernel-test";
import { readSemaphoreLimits, removeSemaphores, findSemaphores } from "@task-watchers/linux";
import { afterAll, expect } from "vitest";
import { openSemaphores } from "./open-semaphores.ts";
import { freshKey, inNamespace, leftBehind, withSet } from "./sets.fixture.ts";

afterAll(() => expect(leftBehind()).toEqual([]));

kernelTest("makes a private set with its values and permissions", [], async () => {
  await withSet({ count: 3, initial: [1, 0, 32_767], mode: 0o640 }, (set) => {
    expect(set).toMatchObject({ count: 3, created: true, waiting: 0 });
    expect(set.values()).toEqual([1, 0, 32_767]);
    expect(set.stat()).toMatchObject({ key: 0, mode: 0o640, count: 3 });
    expect(set.stat().operatedAt).toBeGreaterThan(0);
  });
});

kernelTest("a set has its values, however many there are and whatever they are", [], async () => {
  const count = readSemaphoreLimits().maxSteps + 1;
  for (const initial of [0, 1, 32_767]) {
    await withSet({ count, initial }, (set) => {
      expect(new Set(set.values())).toEqual(new Set([initial]));
      expect(set.stat().operatedAt).toBeGreaterThan(0);
    });
  }
});

kernelTest("opens the set that a key names; keys are 32 bits without a sign", [], async () => {
  const key = freshKey() + 0x8000_0000;
  await withSet({ key, count: 2, initial: 5 }, async (set) => {
    const again = await openSemaphores({ key, count: 2, create: true, initial: 9 });
    expect(again).toMatchObject({ id: set.id, count: 2, created: false });
    expect(again.values()).toEqual([5, 5]);
    expect(again.stat().key).toBe(key);
    expect(await openSemaphores({ key })).toMatchObject({ id: set.id, count: 2 });
  });
});

kernelTest("names both counts when the set has another size", [], async () => {
  const key = freshKey();
  await withSet({ key, count: 2 }, async () => {
    for (const count of [1, 3]) {
      const error = { name: "SemaphoreError", code: "EINVAL", wanted: count, found: 2 };
      const opened = openSemaphores({ key, count, create: true });
      await expect(opened).rejects.toMatchObject(error);
      await expect(opened).rejects.toThrow(`has 2 semaphores, ${count} were asked for`);
    }
  });
});

kernelTest("tells a set that is not there from one that is", [], async () => {
  const key = freshKey();
  await expect(openSemaphores({ key })).rejects.toMatchObject({
    code: "ENOENT",
    syscall: "semget",
  });
  await withSet({ key }, async () => {
    const exclusive = openSemaphores({ key, count: 1, create: true, exclusive: true });
    await expect(exclusive).rejects.toMatchObject({ code: "EEXIST", name: "SemaphoreError" });
  });
});

kernelTest("waits for the values of a set that another makes, and not for ever", [], async () => {
  const key = freshKey();
  // Made and left without values, as by a maker that died in between.
  const id = findSemaphores(key, 1, { mode: 0o600, exclusive: true });
  try {
    const options = { key, count: 1, create: true, initialTimeoutMs: 30 };
    const opened = openSemaphores(options);
    await expect(opened).rejects.toMatchObject({ code: "ETIMEDOUT", set: id });
    const patient = openSemaphores({ ...options, initialTimeoutMs: 10_000 });
    const maker = await openSemaphores({ key });
    maker.tryOperate([{ semaphore: 0, change: 3 }]);
    expect((await patient).values()).toEqual([3]);
  } finally {
    removeSemaphores(id);
  }
});

kernelTest("of many that open at once one makes the set, and all find its values", [root], () => {
  const result = inNamespace(`
    const { spawn } = await import("node:child_process");
    const program = \`
      import { openSemaphores } from "@task-watchers/semundo/set";
      const all = [];
      for (let key = 1; key <= 200; key += 1) {
        const set = await openSemaphores({ key, count: 2, create: true, initial: [1, 7] });
        all.push(set.created, ...set.values());
      }
      console.log(JSON.stringify(all));
    \`;
    const run = () => new Promise((resolve) => {
      const child = spawn(process.execPath, ["--input-type=module", "-e", program]);
      let text = "";
      child.stdout.on("data", (data) => (text += data));
      child.on("close", () => resolve(JSON.parse(text)));
    });
    const runs = await Promise.all([run(), run(), run()]);
    let makers = 0;
    let values = 0;
    for (const all of runs) {
      for (let i = 0; i < all.length; i += 3) {
        if (all[i]) makers += 1;
        if (all[i + 1] === 1 && all[i + 2] === 7) values += 1;
      }
    }
    for (let key = 1; key <= 200; key += 1) (await openSemaphores({ key })).remove();
    return { makers, values };
  `);
  expect(result).toEqual({ makers: 200, values: 600 });
});

kernelTest("nobody is refused what the mode does not give, and told so", [root], async () => {
  const key = freshKey();
  const program = `
    import { openSemaphores } from "@task-watchers/semundo/set";
    try {
      const set = await openSemaphores({ key: ${key} });
      console.log(set.values().join());
      await set.operate([{ semaphore: 0, change: 1 }]);
    } catch ({ name, code, syscall, set, hint }) {
      console.log(name, code, syscall, set, hint.includes("mode"));
    }
  `;
  const script = `cd '${installed("semundo")}' && exec '${process.execPath}' --input-type=module -e "$0"`;
  await withSet({ key, initial: 4 }, (set) => {
    const closed = asNobody("sh", ["-c", script, program]);
    expect(closed.stdout).toBe("SemaphoreError EACCES semctl undefined true\n");
    set.setOwner({ mode: 0o644 });
    const readable = asNobody("sh", ["-c", script, program]);
    expect(readable.stdout).toBe(`4\nSemaphoreError EACCES semop ${set.id} true\n`);
    set.setOwner({ uid: 65_534, mode: 0o600 });
    expect(asNobody("sh", ["-c", script, program])).toMatchObject({ stdout: "4\n", status: 0 });
    expect(set.values()).toEqual([5]);
  });
});

kernelTest("the host's limits are told with where they are set", [root], () => {
  const result = inNamespace(`
    const { writeFileSync } = await import("node:fs");
    // This namespace's own: sets of 8, 10 semaphores in all, 4 steps, 3 sets.
    writeFileSync("/proc/sys/kernel/sem", "8 10 4 3");
    const first = await openSemaphores({ private: true, count: 8, initial: 2 });
    const steps = Array.from({ length: 5 }, (_, semaphore) => ({ semaphore, change: 1 }));
    const errors = [
      await openSemaphores({ private: true, count: 8 }).catch((error) => error),
      await openSemaphores({ private: true, count: 9 }).catch((error) => error),
      await openSemaphores({ key: 5, create: true, count: 9 }).catch((error) => error),
      await first.operate(steps).catch((error) => error),
    ];
    const values = first.values();
    first.remove();
    return [...errors.map(({ name, code }) => name + " " + code), errors[0].hint, values.join()];
  `);
  expect(result).toEqual([
    "SemaphoreError ENOSPC",
    "SemaphoreError EINVAL",
    "SemaphoreError EINVAL",
    "SemaphoreError E2BIG",
    expect.stringContaining("/proc/sys/kernel/sem"),
    "2,2,2,2,2,2,2,2",
  ]);
});
