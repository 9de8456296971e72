// Needs of the kernel: SysV semaphores; pidfds (Linux 5.3); root, to become nobody; perl.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asNobody, installed, kernel, kernelTest, root } from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { identify } from "../undo/process-identity.ts";
import { semundo } from "../undo/shared.ts";
import { withDirectory } from "./directory.fixture.ts";
import { listSlots, removeUnusedSlots } from "./list-slots.ts";
import { keyOf } from "./named-set.ts";
import { slots } from "./open-slots.ts";
import { Place } from "./place.ts";
import { SlotsCountError } from "./slots-error.ts";

const NEEDS = [kernel("5.3")];

/** Takes a slot of "t", says so, and waits. */
async function other(directory: string, count: number): Promise<ChildProcess> {
  const program = `
    import { slots } from "@task-watchers/semundo/slots";
    const opened = await slots("t", { count: ${count}, directory: process.argv[1] });
    await opened.acquire();
    console.log("held");
    setInterval(() => {}, 1000);
  `;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program, directory], {
    cwd: installed("semundo"),
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  return child;
}

async function killed(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await once(child, "exit");
}

/** Runs a program in a process of its own, as a user would have it; what it waits for needs a thread. @returns what it printed */
async function run(program: string, ...args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", program, ...args], {
    cwd: installed("semundo"),
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (more: string) => (text += more));
  expect(await once(child, "close")).toEqual([0, null]);
  return text;
}

const WAITER = `
import { slots } from "@task-watchers/semundo/slots";
const [directory, pid] = process.argv.slice(1);
const ours = await slots("t", { count: 1, directory });
const late = await ours.acquire({ timeoutMs: 20 }).catch(({ code }) => code);
console.log(late);
const waiting = ours.acquire();
process.kill(Number(pid), "SIGKILL");
const slot = await waiting;
// The dead one's record is not told of any more, once it is dead: the kernel gives back what it held a moment before that.
let status = await ours.status();
for (let tries = 0; status.holders.length > 1 && tries < 200; tries++) {
  await new Promise((resolve) => setTimeout(resolve, 5));
  status = await ours.status();
}
const { free, holders } = status;
console.log(free, holders.length, holders[0].pid === process.pid);
slot.release();
try { slot.release(); } catch ({ code }) { console.log(code); }
`;

kernelTest("a slot goes from a process that is killed to the one that waits", NEEDS, () =>
  withDirectory(async (directory) => {
    const child = await other(directory, 1);
    const [listed] = await listSlots({ directory });
    expect(listed).toMatchObject({ name: "t", count: 1, free: 0, waiting: 0 });
    expect(listed?.holders).toMatchObject([{ pid: child.pid }]);
    expect(listed?.holders[0]?.command?.[0]).toBe(process.execPath);
    const printed = await run(WAITER, directory, String(child.pid));
    expect(printed).toBe("ETIMEDOUT\n0 1 true\nEALREADY\n");
    expect(await listSlots({ directory })).toMatchObject([{ free: 1, holders: [] }]);
  }),
);

kernelTest("a slot is held for a child's life, which knows nothing of it", NEEDS, () =>
  withDirectory(async (directory) => {
    await using ours = await slots("t", { count: 2, directory });
    const child = spawn("sleep", ["60"], { stdio: "ignore" });
    const slot = await ours.acquireFor(child);
    const { holders, free } = await ours.status();
    expect({ free, holders }).toMatchObject({ free: 1, holders: [{ pid: child.pid }] });
    expect(holders[0]?.command).toEqual(["sleep", "60"]);
    await killed(child);
    while (!slot.released) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await ours.status()).toMatchObject({ free: 2, holders: [] });
    expect(semundo.ledger.counters().holders).toBe(0);
    await expect(ours.acquireFor(child)).rejects.toMatchObject({ code: "ESRCH" });
  }),
);

kernelTest("what is started in a slot has it for its life", NEEDS, () =>
  withDirectory(async (directory) => {
    await using ours = await slots("t", { count: 1, directory });
    const child = await ours.start(() => spawn("sleep", ["60"], { stdio: "ignore" }));
    expect(await ours.status()).toMatchObject({ free: 0, holders: [{ pid: child.pid }] });
    await killed(child);
    while ((await ours.status()).free < 1) await new Promise((resolve) => setTimeout(resolve, 5));
    const failing = ours.start(() => spawn("/nonexistent").on("error", () => {}));
    await expect(failing).rejects.toMatchObject({ code: "ESRCH" });
    expect(await ours.status()).toMatchObject({ free: 1, holders: [] });
    expect(semundo.ledger.counters().holders).toBe(0);
  }),
);

kernelTest("a child that has ended before it could be given its slot is returned", NEEDS, () =>
  withDirectory(async (directory) => {
    await using ours = await slots("t", { count: 1, directory });
    const child = await ours.start(() => {
      const short = spawn("true", { stdio: "ignore" });
      // Node.js cannot see its end meanwhile.
      while (identify(short.pid ?? 0) !== undefined);
      return short;
    });
    expect(await ours.status()).toMatchObject({ free: 1, holders: [] });
    expect(await once(child, "exit")).toEqual([0, null]);
    // One that has ended is no holder, whoever gives it.
    await expect(ours.start(() => AbortSignal.abort())).rejects.toMatchObject({ code: "ESRCH" });
    expect(semundo.ledger.counters().holders).toBe(0);
  }),
);

kernelTest("run() holds a slot while the function runs, also when it throws", NEEDS, () =>
  withDirectory(async (directory) => {
    await using ours = await slots("t", { count: 1, directory });
    const failing = ours.run(async () => {
      expect(await ours.status()).toMatchObject({ free: 0 });
      throw new Error("as it may");
    });
    await expect(failing).rejects.toThrow("as it may");
    expect(await ours.run(() => 7)).toBe(7);
    expect(await ours.status()).toMatchObject({ free: 1 });
  }),
);

kernelTest(
  "another count is refused while somebody holds a slot, and taken when nobody does",
  NEEDS,
  () =>
    withDirectory(async (directory) => {
      const child = await other(directory, 3);
      const refused = slots("t", { count: 2, directory });
      await expect(refused).rejects.toBeInstanceOf(SlotsCountError);
      await expect(refused).rejects.toMatchObject({ code: "EEXIST", wanted: 2, found: 3 });
      await expect(refused).rejects.toThrow(/slots "t" are 3, 2 were asked for: ask for 3/u);
      await killed(child);
      await using ours = await slots("t", { count: 2, directory });
      expect(await ours.status()).toMatchObject({ count: 2, free: 2 });
    }),
);

kernelTest("a slot is kept across exec, and goes back at the end of the command", NEEDS, () =>
  withDirectory(async (directory) => {
    // A peer that does what acquire() does, and then exec, which Node.js 20 cannot.
    const program = `
      my ($key) = @ARGV; my $id = semget($key, 0, 0) // die "semget: $!";
      semop($id, pack("s!s!s!", 0, -1, 0x1000)) or die "semop: $!";
      exec "sleep", "60";
    `;
    await using ours = await slots("t", { count: 1, directory });
    const key = keyOf(new Place(directory), "t");
    const child = spawn("perl", ["-e", program, String(key)], { stdio: "inherit" });
    while ((await ours.status()).free > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await ours.status()).toMatchObject({ free: 0 });
    await killed(child);
    expect(await ours.status()).toMatchObject({ free: 1 });
  }),
);

kernelTest("who opened a name that was removed meanwhile opens it anew", NEEDS, () =>
  withDirectory(async (directory) => {
    await using first = await slots("t", { count: 1, directory });
    await using second = await slots("t", { count: 1, directory });
    await first.remove();
    expect(existsSync(directory)).toBe(false);
    await using slot = await second.acquire();
    expect(slot.released).toBe(false);
    expect(await first.tryAcquire()).toBeUndefined();
    await expect(first.remove()).rejects.toMatchObject({ code: "EBUSY" });
    expect(await removeUnusedSlots({ directory })).toEqual([]);
  }),
);

const WAITERS = `
import { slots } from "@task-watchers/semundo/slots";
const [directory] = process.argv.slice(1);
const ours = await slots("t", { count: 1, directory });
const other = await slots("t", { count: 1, directory });
const codes = async (waits) => {
  const ended = await Promise.allSettled(waits);
  return [...new Set(ended.map(({ reason }) => reason?.code))].join();
};
await other.remove();
console.log((await ours.status()).free);
await other.remove();
const held = await ours.acquire();
const scope = new AbortController();
const waits = [1, 2, 3].flatMap(() => [ours.acquire(), ours.acquireFor(scope.signal)]);
setTimeout(() => void ours.close(), 50);
console.log(await codes(waits));
held.release();
await ours.close();
const third = await slots("t", { count: 1, directory });
await other.remove();
const late = [third.acquire(), third.acquire()];
await third.close();
console.log(await codes(late));
await other.close();
`;

kernelTest("close() gives up every wait, also while a name is opened anew", NEEDS, () =>
  withDirectory(async (directory) => {
    expect(await run(WAITERS, directory)).toBe("1\nECANCELED\nECANCELED\n");
  }),
);

const WATCHED = `
import { listSlots, removeUnusedSlots, slots } from "@task-watchers/semundo/slots";
const [directory] = process.argv.slice(1);
const ours = await slots("t", { count: 2, directory });
for (let n = 0; n < 200; n++) {
  await listSlots({ directory });
  await ours.status();
  await removeUnusedSlots({ directory });
}
await ours.close();
console.log("done");
`;

kernelTest("names can be listed and removed while others open and close them", NEEDS, () =>
  withDirectory(async (directory) => {
    const runs = await Promise.all([1, 2, 3].map(() => run(WATCHED, directory)));
    expect(runs).toEqual(["done\n", "done\n", "done\n"]);
    expect(existsSync(directory)).toBe(false);
  }),
);

const MANY = `
import { mkdirSync, readdirSync, rmdirSync } from "node:fs";
import { slots } from "@task-watchers/semundo/slots";
const [directory, inside] = process.argv.slice(1);
const use = async (i) => {
  for (let n = 0; n < 5; n++) {
    const opened = await slots("t", { count: 2, directory });
    await opened.run(async () => {
      const mark = inside + "/" + [process.pid, i, n].join(".");
      mkdirSync(mark);
      const now = readdirSync(inside).length;
      if (now > 2) throw new Error(now + " inside");
      await new Promise((resolve) => setTimeout(resolve, 1));
      rmdirSync(mark);
    });
    await opened.close();
  }
};
await Promise.all([1, 2, 3, 4].map(use));
console.log("done");
`;

kernelTest("processes open and close the same name at once, and the count holds", NEEDS, () =>
  withDirectory(async (directory) => {
    const inside = mkdtempSync(join(tmpdir(), "semundo-inside-"));
    try {
      const runs = await Promise.all([1, 2, 3].map(() => run(MANY, directory, inside)));
      expect(runs).toEqual(["done\n", "done\n", "done\n"]);
      expect(existsSync(directory)).toBe(false);
    } finally {
      rmSync(inside, { recursive: true });
    }
  }),
);

kernelTest("nobody has slots of its own, whatever the environment says", [...NEEDS, root], () => {
  const program = `
    import { slots, listSlots } from "@task-watchers/semundo/slots";
    const opened = await slots("t", { count: 2 });
    // A process of root's holds it: that needs no right over it.
    const slot = await opened.acquireFor(1);
    const [{ name, free, holders }] = await listSlots();
    console.log(name, free, holders.map(({ pid }) => pid).join());
    slot.release();
    await opened.close();
  `;
  const script = `cd '${installed("semundo")}' && exec env XDG_RUNTIME_DIR=/nowhere TMPDIR=/nowhere '${process.execPath}' --input-type=module -e "$0"`;
  const ended = asNobody("sh", ["-c", script, program]);
  expect(ended).toMatchObject({ stdout: "t 1 1\n", stderr: "", status: 0 });
  expect(existsSync("/dev/shm/task-watchers-slots-65534")).toBe(false);
});
