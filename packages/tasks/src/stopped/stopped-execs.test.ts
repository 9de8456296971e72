import { NOTIFY_BAD, NOTIFY_STOP, notifierFromErrno } from "@task-watchers/chain";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ScriptedStop } from "./scripted-stop.fixture.ts";

let stop: ScriptedStop;
beforeEach(() => {
  stop = new ScriptedStop();
});
afterEach(() => {
  stop.toStop.execs.close();
  vi.useRealTimers();
});

test("raise() tells an exec before it is made, and the kernel's event does not tell it again", () => {
  expect(stop.toStop.execs.raise(stop.call("/bin/true", 10))).toBe(0);
  expect(stop.events.at(-1)).toEqual({
    type: "exec",
    timeNs: 10_000_000n,
    stopped: true,
    source: "stop",
    exe: "/bin/true",
    argv: ["/bin/true", "-x"],
    cwd: "/",
    cgroup: "/",
  });
  stop.exec(11);
  stop.exit(12);
  expect(stop.story).toEqual(["exec 5 /bin/true", "exit 5", "free 5"]);
  expect(stop.table.execs.counters()).toEqual({ total: 1, bySource: { stop: 1 }, missed: {} });
});

test("raise() gives the refusal of a watcher, and takes the exec back", () => {
  stop.answers.exec = [notifierFromErrno(-13)];
  expect(stop.toStop.execs.raise(stop.call("/bin/rm", 10))).toBe(notifierFromErrno(-13));
  expect(stop.notices).toEqual([
    {
      type: "exec-failed",
      timeNs: 10_000_000n,
      pid: 5,
      path: "/bin/rm",
      argv: ["/bin/rm", "-x"],
      code: "EACCES",
      refused: { by: "guardian", errno: 13 },
      certain: true,
      raised: true,
    },
  ]);
  expect(stop.program).toBeUndefined();
  expect(stop.toStop.execs.counters()).toMatchObject({
    stopped: 1,
    failed: 0,
    refused: { guardian: 1 },
  });
  expect(stop.table.execs.counters().total).toBe(0);
});

test("raise() takes NOTIFY_BAD for EPERM, and NOTIFY_STOP or a number that stops nothing for no refusal", () => {
  const { execs } = stop.toStop;
  stop.answers.exec = [NOTIFY_BAD, NOTIFY_STOP, 7];
  expect(execs.raise(stop.call("/bin/a", 10))).toBe(NOTIFY_BAD);
  expect(stop.notices[0]).toMatchObject({ code: "EPERM", refused: { errno: 1 } });
  expect(execs.raise(stop.call("/bin/b", 11))).toBe(0);
  stop.exec(12);
  expect(execs.raise(stop.call("/bin/c", 13))).toBe(0);
  expect(stop.notices).toHaveLength(1);
});

test("raise() reads the events that came before, the fork of the task among them", () => {
  stop.queued.push(() => stop.fork(6, 8));
  stop.toStop.execs.raise(stop.call("/bin/true", 10, 6));
  expect(stop.story).toEqual(["init 6", "clone 6", "exec 6 /bin/true"]);
});

test("raise() takes up a task of which no event told", () => {
  stop.toStop.execs.raise(stop.call("/bin/true", 10, 7));
  expect(stop.story).toEqual(["init 7", "clone 7", "found 7", "exec 7 /bin/true"]);
  expect(stop.events.at(-3)).toMatchObject({ synthetic: "reconciled" });
});

test("raise() lets the exec of a task go on that cannot be found", () => {
  const call = { ...stop.call("/bin/true", 10, 9), task: { missing: "ENOENT" } };
  expect(stop.toStop.execs.raise(call)).toBe(0);
  expect(stop.story).toEqual([]);
  expect(stop.toStop.execs.counters()).toMatchObject({ stopped: 0, unknown: 1 });
});

test("An exec that its task did not live to make, or go on without, is taken back before the exit is told", () => {
  stop.toStop.execs.raise(stop.call("/bin/one", 10));
  stop.exec(11);
  stop.toStop.execs.raise(stop.call("/bin/two", 12));
  expect(stop.program).toBe("/bin/two");
  stop.exit(13);
  expect(stop.story.slice(2)).toEqual(["failed 5 /bin/two ?", "exit 5", "free 5"]);
  expect(stop.ranAtExit).toEqual(["/bin/one"]);
  expect(stop.notices[0]).toMatchObject({ certain: true, raised: true });
  expect(stop.toStop.execs.counters().failed).toBe(1);
});

test("The next exec of a thread shows that the one before failed", () => {
  stop.toStop.execs.raise(stop.call("/bin/one", 10));
  stop.toStop.execs.raise(stop.call("/bin/two", 11));
  stop.exec(12);
  expect(stop.story).toEqual(["exec 5 /bin/one", "failed 5 /bin/one ?", "exec 5 /bin/two"]);
  expect(stop.program).toBe("/bin/two");
});

test("An exec that is bound to fail is no exec event, and is told once it has failed", () => {
  const { execs } = stop.toStop;
  execs.raise(stop.call("/usr/local/bin/cc", 10), { expected: "ENOENT" });
  execs.raise(stop.call("/usr/bin/cc", 11));
  stop.exec(12);
  expect(stop.story).toEqual(["failed 5 /usr/local/bin/cc ENOENT", "exec 5 /usr/bin/cc"]);
  expect(stop.notices[0]).toMatchObject({ raised: false, certain: true });
});

test("An exec that was bound to fail and ran all the same is told then", () => {
  stop.toStop.execs.raise(stop.call("/tmp/new", 10), { expected: "ENOENT" });
  stop.exec(11);
  expect(stop.events.at(-1)).toMatchObject({
    exe: "/tmp/new",
    argv: ["/tmp/new", "-x"],
    source: "stop",
  });
  expect(stop.events.at(-1)).not.toHaveProperty("stopped");
  expect(stop.notices).toEqual([]);
});

test("An exec that nobody stopped is told from its event", () => {
  stop.toStop.execs.raise(stop.call("/bin/one", 10));
  stop.exec(11);
  stop.exec(20);
  expect(stop.story).toEqual(["exec 5 /bin/one", "exec 5 ?"]);
});

test("The event of an exec before the one that stands still does not confirm that", () => {
  stop.toStop.execs.raise(stop.call("/bin/two", 20));
  stop.exec(15);
  expect(stop.story).toEqual(["exec 5 /bin/two", "exec 5 ?"]);
  stop.exit(30);
  expect(stop.notices).toMatchObject([{ path: "/bin/two" }]);
});

test("An exec by another thread than the first is its process's", () => {
  stop.toStop.execs.raise(stop.call("/bin/true", 10, 77, 5));
  stop.exec(11);
  expect(stop.story).toEqual(["exec 5 /bin/true"]);
});

test("Of the execs of two threads the one that was let go is confirmed, the other fails with its thread", async () => {
  let refuse: (answer: number) => void = () => {};
  stop.answers.exec = [new Promise((resolve) => (refuse = resolve))];
  const waiting = stop.toStop.execs.raise(stop.call("/bin/slow", 10, 77, 5));
  stop.toStop.execs.raise(stop.call("/bin/quick", 11), { expected: "ENOENT" });
  stop.exec(12);
  refuse(0);
  expect(await waiting).toBe(0);
  stop.exit(13);
  await new Promise(setImmediate);
  expect(stop.story).toEqual([
    ...["exec 5 /bin/slow", "exec 5 /bin/quick"],
    ...["failed 5 /bin/slow ?", "exit 5", "free 5"],
  ]);
});

test("The answer of a watcher is waited for, and comes after the events that were before it", async () => {
  let done: (answer: number) => void = () => {};
  let refuse: (answer: number) => void = () => {};
  stop.answers.init = [new Promise((resolve) => (done = resolve))];
  stop.answers.exec = [new Promise((resolve) => (refuse = resolve))];
  stop.fork(6, 2);
  const answer = stop.toStop.execs.raise(stop.call("/bin/true", 10, 6));
  expect(stop.story).toEqual(["init 6"]);
  done(0);
  await new Promise(setImmediate);
  expect(stop.story).toEqual(["init 6", "clone 6", "exec 6 /bin/true"]);
  refuse(NOTIFY_BAD);
  expect(await answer).toBe(NOTIFY_BAD);
  expect(stop.notices).toMatchObject([{ refused: { by: "guardian" } }]);
});

test("A refusal that comes too late counts for nothing", async () => {
  let refuse: (answer: number) => void = () => {};
  stop.answers.exec = [new Promise((resolve) => (refuse = resolve))];
  const call = stop.call("/bin/true", 10);
  const answer = stop.toStop.execs.raise(call);
  expect(stop.toStop.execs.late(call)).toBe("guardian");
  stop.exec(11);
  refuse(NOTIFY_BAD);
  expect(await answer).toBe(0);
  expect(stop.notices).toEqual([]);
  expect(stop.toStop.execs.counters()).toMatchObject({ late: { guardian: 1 }, refused: {} });
});

test("After a loss nothing is concluded from an event that did not come, but for execs bound to fail", () => {
  stop.toStop.execs.raise(stop.call("/bin/true", 10));
  stop.fork(6, 10);
  stop.toStop.execs.raise(stop.call("/bin/none", 10, 6), { expected: "ENOENT" });
  stop.toStop.ledger.lost();
  stop.exit(12);
  stop.exit(12, 6);
  expect(stop.notices).toMatchObject([{ path: "/bin/none", certain: false, code: "ENOENT" }]);
  expect(stop.ranAtExit).toEqual(["/bin/true", undefined]);
});

test("An exec whose thread is seen elsewhere has failed, unless its event was only not read yet", () => {
  vi.useFakeTimers();
  const { execs } = stop.toStop;
  let isOver = false;
  execs.raise(stop.call("/bin/script", 10), { isOver: () => isOver });
  vi.advanceTimersByTime(500);
  expect(stop.notices).toEqual([]);
  isOver = true;
  stop.queued.push(() => stop.exec(11));
  vi.advanceTimersByTime(100);
  expect(stop.notices).toEqual([]);
  execs.raise(stop.call("/bin/script", 20), { isOver: () => isOver });
  // The first look is for older ones.
  vi.advanceTimersByTime(200);
  expect(stop.notices).toMatchObject([{ path: "/bin/script", certain: true }]);
});

test("settle() says what became of an exec where no event does", () => {
  stop.confirms = false;
  const { execs } = stop.toStop;
  const [ran, failed, gone] = [
    stop.call("/bin/a", 10),
    stop.call("/bin/b", 11),
    stop.call("/bin/c", 12),
  ];
  execs.raise(ran);
  execs.settle(ran, { outcome: "ran", certain: true });
  execs.raise(failed);
  execs.settle(failed, { outcome: "failed", code: "ENOEXEC", certain: true });
  expect(stop.program).toBe("/bin/a");
  execs.raise(gone);
  stop.exit(13);
  execs.settle(gone, { outcome: "vanished", certain: true });
  execs.settle(gone, { outcome: "vanished", certain: true });
  expect(stop.notices).toMatchObject([{ path: "/bin/b", code: "ENOEXEC" }, { path: "/bin/c" }]);
  expect(stop.toStop.execs.counters()).toMatchObject({ stopped: 3, failed: 2 });
});

test("close() lets everything go on, untold", () => {
  stop.toStop.execs.close();
  expect(stop.toStop.execs.raise(stop.call("/bin/true", 10))).toBe(0);
  expect(stop.story).toEqual([]);
});

test("raise() does not read where an exec is made while nobody hears of execs, nor counts it as missed", () => {
  stop.isHeard = false;
  const exec = {
    ...stop.call("/bin/true", 10),
    get cwd(): string {
      throw new Error("read");
    },
    get cgroup(): string {
      throw new Error("read");
    },
  };
  expect(stop.toStop.execs.raise(exec)).toBe(0);
  const unheard = { missing: "unheard" };
  expect(stop.table.process(5)?.exec).toMatchObject({
    exe: "/bin/true",
    argv: ["/bin/true", "-x"],
    cwd: unheard,
    cgroup: unheard,
  });
  expect(stop.facts.missed).toEqual({ exe: {}, argv: {}, cwd: {}, cgroup: {} });
});
