import { channel } from "node:diagnostics_channel";
import { type Task, TaskWatchers, type Watch, type WatchListener } from "@task-watchers/chain";
import { afterEach, expect, test } from "vitest";
import type { ProcEvent } from "../event/proc-event.ts";
import type { ProcEventSink } from "./proc-event-source.ts";
import { createProcEvents } from "./proc-events.ts";

const shell: Task = { id: "10.1", pid: 10, tgid: 10, ppid: 1, startNs: 5n };
const child: Task = { id: "11.2", pid: 11, tgid: 11, ppid: 10, parent: shell, startNs: 6n };

/** A watch by hand. */
class HandWatch implements Watch {
  readonly present = new Set<Task>();
  readonly listeners = new Set<WatchListener>();
  /** Whether the kernel would give us notices. */
  refuses = false;

  tasks(): Iterable<Task> {
    return this.present;
  }

  listen(listener: WatchListener): () => void {
    if (this.refuses && listener.comm !== undefined) throw new Error("EMFILE");
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  writeLine(): void {}

  /** What the kernel is asked for. */
  get wanted(): string[] {
    return [...this.listeners].flatMap((listener) => Object.keys(listener)).sort();
  }
}

function collector(): ProcEventSink & { readonly told: string[] } {
  const told: string[] = [];
  const show = (event: ProcEvent): void =>
    void told.push(event.type === "lost" ? `lost ${event.count}` : `${event.type} ${event.task}`);
  return { told, event: show, lost: show, ended: () => void told.push("ended") };
}

function setUp() {
  const errors: string[] = [];
  const watchers = new TaskWatchers({ onError: (error) => void errors.push(error.message) });
  const module = createProcEvents();
  const loaded = watchers.load(module);
  return { watchers, module, loaded, errors, watch: new HandWatch() };
}

afterEach(() => {
  channel("task-watchers:comm").unsubscribe(ignore);
});

function ignore(): void {}

test("subscribe() tells of what happens from then on, in each subscriber's kinds", async () => {
  const { watchers, module, watch } = setUp();
  const [all, exits] = [collector(), collector()];
  await watchers.startWatch(watch);
  watchers.chain.raise({ type: "clone", timeNs: 1n }, shell);
  const leave = module.subscribe({}, all);
  module.subscribe({ kinds: ["exit"] }, exits);
  watchers.chain.raise({ type: "init", timeNs: 1n }, child);
  watchers.chain.raise({ type: "clone", timeNs: 1n }, child);
  watchers.chain.raise({ type: "uid", timeNs: 2n, ruid: 1, euid: 1 }, child);
  watchers.chain.raise({ type: "exit", timeNs: 3n, code: 0 }, child);
  leave();
  watchers.chain.raise({ type: "exit", timeNs: 3n, code: 0 }, shell);
  expect(all.told).toEqual(["fork 11.2", "uid 11.2", "exit 11.2"]);
  expect(exits.told).toEqual(["exit 11.2", "exit 10.1"]);
});

test("subscribe() before a watch waits for it, and hears of the tasks it finds", async () => {
  const { watchers, module, watch } = setUp();
  const sink = collector();
  module.subscribe({ existing: true }, sink);
  const stop = await watchers.startWatch(watch);
  watchers.chain.visit(shell);
  watchers.chain.raise({ type: "clone", timeNs: 1n }, child);
  await stop();
  expect(sink.told).toEqual(["fork 10.1", "fork 11.2", "ended"]);
});

test("subscribe() with a pid begins with that process and its descent, and follows it", async () => {
  const { watchers, module, watch } = setUp();
  const other: Task = { id: "12.3", pid: 12, tgid: 12, ppid: 1, startNs: 6n };
  for (const task of [shell, child, other]) watch.present.add(task);
  await watchers.startWatch(watch);
  const sink = collector();
  module.subscribe({ pid: 10, kinds: ["fork", "exit"] }, sink);
  const grandchild: Task = { id: "13.4", pid: 13, tgid: 13, ppid: 11, parent: child, startNs: 7n };
  watchers.chain.raise({ type: "clone", timeNs: 1n }, grandchild);
  watchers.chain.raise({ type: "exit", timeNs: 1n, code: 0 }, other);
  watchers.chain.raise({ type: "exit", timeNs: 1n, code: 0 }, child);
  watchers.chain.raise({ type: "exit", timeNs: 1n, code: 0 }, grandchild);
  expect(sink.told).toEqual(["fork 10.1", "fork 11.2", "fork 13.4", "exit 11.2", "exit 13.4"]);
});

test("subscribe() with pids says when nobody is left of them, and once", async () => {
  const { watchers, module, watch } = setUp();
  const other: Task = { id: "12.3", pid: 12, tgid: 12, ppid: 1, startNs: 6n };
  for (const task of [shell, other]) watch.present.add(task);
  await watchers.startWatch(watch);
  const [sink, all] = [collector(), collector()];
  module.subscribe(
    { pid: [10, 12], failed: true },
    { ...sink, over: () => sink.told.push("over") },
  );
  module.subscribe({ kinds: ["exit"] }, { ...all, over: () => all.told.push("over") });
  // A task may be told of again.
  watchers.chain.raise({ type: "clone", timeNs: 1n }, shell);
  watchers.chain.raise({ type: "clone", timeNs: 1n }, child);
  for (const task of [shell, other])
    watchers.chain.raise({ type: "exit", timeNs: 2n, code: 0 }, task);
  const stranger: Task = { id: "13.3", pid: 13, tgid: 13, ppid: 1, startNs: 6n };
  watchers.chain.raise({ type: "exit", timeNs: 2n, code: 0 }, stranger);
  expect(sink.told).toEqual([]);
  watchers.chain.raise({ type: "exit", timeNs: 3n, code: 1 }, child);
  watchers.chain.raise({ type: "exit", timeNs: 4n, code: 0 }, stranger);
  expect(sink.told).toEqual(["exit 11.2", "over"]);
  expect(all.told).not.toContain("over");
});

test("subscribe() refuses a pid that is nobody's, and a bad filter, and adds nothing", async () => {
  const { watchers, module, watch } = setUp();
  await watchers.startWatch(watch);
  expect(() => module.subscribe({ pid: 4_194_304 }, collector())).toThrow(
    expect.objectContaining({ code: "ESRCH", message: "no process has pid 4194304" }),
  );
  expect(() => module.subscribe({ kinds: [] }, collector())).toThrow(RangeError);
  expect(module.status?.().counters["subscribers"]).toBe(0);
});

test("unload ends every subscriber, and nothing comes after", async () => {
  const { watchers, module, loaded, watch } = setUp();
  await watchers.startWatch(watch);
  const sink = collector();
  module.subscribe({}, sink);
  await loaded.unload();
  watchers.chain.raise({ type: "exit", timeNs: 3n, code: 0 }, child);
  expect(sink.told).toEqual(["ended"]);
  expect(watch.listeners.size).toBe(0);
});

test("a sink that throws is reported and left out, and harms no other", async () => {
  const { watchers, module, errors, watch } = setUp();
  await watchers.startWatch(watch);
  const sink = collector();
  const broken = { ...collector(), event: () => fail("disk full") };
  module.subscribe({}, broken);
  module.subscribe({}, sink);
  watchers.chain.raise({ type: "exit", timeNs: 3n, code: 0 }, child);
  watchers.chain.raise({ type: "exit", timeNs: 3n, code: 0 }, shell);
  expect(sink.told).toEqual(["exit 11.2", "exit 10.1"]);
  expect(errors).toEqual(['watcher "proc-events" failed at exit of task 11.2: disk full']);
  expect(module.status?.().counters).toMatchObject({ subscribers: 1, subscribersFailed: 1 });
});

function fail(message: string): never {
  throw new Error(message);
}

test("a subscriber may leave, and another come, while an event is told", async () => {
  const { watchers, module, watch } = setUp();
  await watchers.startWatch(watch);
  const [second, late] = [collector(), collector()];
  const leaving = { current: ignore };
  module.subscribe(
    {},
    {
      ...collector(),
      event: () => {
        leaving.current();
        module.subscribe({}, late);
      },
    },
  );
  leaving.current = module.subscribe({}, second);
  watchers.chain.raise({ type: "exit", timeNs: 3n, code: 0 }, child);
  expect(second.told).toEqual([]);
  expect(late.told).toEqual([]);
});

test("notices are asked for while somebody wants them, and losses always", async () => {
  const { watchers, module, watch } = setUp();
  await watchers.startWatch(watch);
  expect(watch.wanted).toEqual(["lost"]);
  const sink = collector();
  const leave = module.subscribe({ kinds: ["comm", "exit"] }, sink);
  const leaveOther = module.subscribe({ kinds: ["sid"] }, collector());
  expect(watch.wanted).toEqual(["comm", "lost", "sid"]);
  for (const listener of watch.listeners) {
    listener.comm?.({ type: "comm", timeNs: 9n, pid: 11, comm: "renamed" }, child);
  }
  expect(sink.told).toEqual(["comm 11.2"]);
  leave();
  leaveOther();
  expect(watch.wanted).toEqual(["lost"]);
});

test("a loss goes to everybody, one of notices to those who want any", async () => {
  const { watchers, module, watch } = setUp();
  await watchers.startWatch(watch);
  const [life, comm] = [collector(), collector()];
  module.subscribe({}, life);
  module.subscribe({ kinds: ["comm"] }, comm);
  const loss = { reason: "overrun", sinceNs: 1n, untilNs: 2n };
  for (const { lost } of watch.listeners) {
    lost?.({ ...loss, count: 3 });
    lost?.({ ...loss, count: 4, notices: true });
  }
  expect(life.told).toEqual(["lost 3"]);
  expect(comm.told).toEqual(["lost 3", "lost 4"]);
  expect(module.status?.().counters).toMatchObject({ losses: 2, lost: 7 });
});

test("notices that cannot be had make the subscriber fail, and no other", async () => {
  const { watchers, module, watch } = setUp();
  await watchers.startWatch(watch);
  const sink = collector();
  module.subscribe({ kinds: ["sid", "exit"] }, sink);
  watch.refuses = true;
  expect(() => module.subscribe({ kinds: ["comm"] }, collector())).toThrow("EMFILE");
  expect(watch.wanted).toEqual(["lost", "sid"]);
  watchers.chain.raise({ type: "exit", timeNs: 3n, code: 0 }, child);
  expect(sink.told).toEqual(["exit 11.2"]);
  expect(module.status?.().counters["subscribers"]).toBe(1);
});

test("all subscribers get the same object", async () => {
  const { watchers, module, watch } = setUp();
  await watchers.startWatch(watch);
  const events: unknown[] = [];
  const sink = { ...collector(), event: (event: ProcEvent) => void events.push(event) };
  module.subscribe({}, sink);
  module.subscribe({}, sink);
  watchers.chain.raise({ type: "exit", timeNs: 3n, code: 0 }, child);
  expect(events).toHaveLength(2);
  expect(events[0]).toBe(events[1]);
});

test("events() gives a stream that ends with the watch", async () => {
  const { watchers, module, watch } = setUp();
  const stop = await watchers.startWatch(watch);
  const stream = module.events({ kinds: ["exit"] });
  watchers.chain.raise({ type: "exit", timeNs: 3n, code: 7 }, child);
  await stop();
  const events: ProcEvent[] = [];
  for await (const event of stream) events.push(event);
  expect(events).toEqual([
    { type: "exit", timeNs: 3n, task: "11.2", pid: 11, tgid: 11, ppid: 10, code: 7 },
  ]);
});

test("channels get the event, and their notices are asked for with the next fork", async () => {
  const watchers = new TaskWatchers();
  const watch = new HandWatch();
  watchers.load(createProcEvents({ channels: true }));
  await watchers.startWatch(watch);
  const messages: unknown[] = [];
  const keep = (message: unknown): void => void messages.push(message);
  channel("task-watchers:exit").subscribe(keep);
  channel("task-watchers:comm").subscribe(ignore);
  expect(watch.wanted).toEqual(["lost"]);
  watchers.chain.raise({ type: "clone", timeNs: 1n }, child);
  expect(watch.wanted).toEqual(["comm", "lost"]);
  watchers.chain.raise({ type: "exit", timeNs: 3n, code: 0 }, child);
  channel("task-watchers:exit").unsubscribe(keep);
  watchers.chain.raise({ type: "exit", timeNs: 3n, code: 0 }, shell);
  expect(messages).toEqual([
    { type: "exit", timeNs: 3n, task: "11.2", pid: 11, tgid: 11, ppid: 10, code: 0 },
  ]);
});
