import { type TaskEvent, TaskWatchers } from "@task-watchers/chain";
import { expect, test } from "vitest";
import { SourceUnavailableError } from "../connector/source-error.ts";
import { PROC_EVENT_EXEC, PROC_EVENT_EXIT, PROC_EVENT_FORK } from "../connector/cn-proc.ts";
import { watchTasks } from "../watch/watch-tasks.ts";
import type { EventSink, EventSource } from "./event-source.ts";

/** No process has it: one more than the kernel gives out (PID_MAX_LIMIT, include/linux/threads.h). */
const PID = 4_194_305;

/** A source that tells what a test puts into it, when it is drained. */
class Scripted implements EventSource {
  readonly name = "scripted";
  readonly calls: string[] = [];
  readonly waiting: Array<(sink: EventSink) => void> = [];
  sink: EventSink | undefined;

  readonly open = (sink: EventSink): EventSource => {
    this.sink = sink;
    return this;
  };

  start(): void {
    this.calls.push("start");
  }
  drain(): void {
    const { sink } = this;
    if (sink === undefined) return;
    for (const tell of this.waiting.splice(0)) tell(sink);
    sink.settled();
  }
  drainAll(): void {
    this.drain();
  }
  setNotices(mask: number): void {
    this.calls.push(`notices ${mask}`);
  }
  counters(): { received: number; lost: number; ringFull: number } {
    return { received: 3, lost: 1, ringFull: 2 };
  }
  ref(): void {}
  unref(): void {
    this.calls.push("unref");
  }
  close(): void {
    this.calls.push("close");
  }
}

test("watchTasks() is driven by another source in the connector's place", async () => {
  const source = new Scripted();
  const watchers = new TaskWatchers();
  const told: Array<[pid: number, event: TaskEvent]> = [];
  const tell = (event: TaskEvent, { pid }: { pid: number }): void => void told.push([pid, event]);
  watchers.chain.register({ name: "test", init: tell, exec: tell, exit: tell });
  const watch = await watchTasks({ watchers, events: source.open });
  watch.unref();
  const now = process.hrtime.bigint();
  source.waiting.push(
    (sink) => sink.event(PROC_EVENT_FORK, PID, PID, process.pid, process.pid, now, 0, 0),
    (sink) => sink.facts(PID, { source: "bpf", exe: "/bin/ls", argv: ["ls"], cwd: "/" }),
    (sink) => sink.event(PROC_EVENT_EXEC, PID, PID, 0, 0, now + 1n, 0, 0),
    (sink) => sink.event(PROC_EVENT_EXIT, PID, PID, 0x700, process.pid, now + 2n, 0, 0),
  );
  watch.follow(PID);
  expect(told).toMatchObject([
    [PID, { type: "init" }],
    // What the source leaves out is looked for in /proc.
    [PID, { type: "exec", source: "bpf", argv: ["ls"], cwd: "/", cgroup: { missing: "ENOENT" } }],
    [PID, { type: "exit", code: 7 }],
  ]);
  const counters = watch.counters();
  expect(counters.connector).toBeUndefined();
  expect(counters.source).toEqual({
    name: "scripted",
    counters: { received: 3, lost: 1, ringFull: 2 },
  });
  expect(counters.execs).toEqual({ total: 1, bySource: { bpf: 1 }, missed: {} });
  const stopListening = watch.listen({ comm: () => {} });
  stopListening();
  await watch.close();
  expect(source.calls).toEqual([
    "notices 0",
    "start",
    "unref",
    "notices 512",
    "notices 0",
    "close",
  ]);
});

test("watchTasks() rejects with what the source cannot be opened for, and leaves nothing behind", async () => {
  const watchers = new TaskWatchers();
  const refusal = new SourceUnavailableError("EPERM", "no rights", "get some");
  const events = (): EventSource => {
    throw refusal;
  };
  await expect(watchTasks({ watchers, events })).rejects.toBe(refusal);
  const source = new Scripted();
  await (await watchTasks({ watchers, events: source.open })).close();
  expect(source.calls.at(-1)).toBe("close");
});

test("watchTasks() says that a source and the name of another exclude each other", async () => {
  const source = new Scripted();
  const both = { events: source.open, source: "connector" } as const;
  await expect(watchTasks(both)).rejects.toThrow('source "connector" cannot be had besides');
  await expect(watchTasks({ events: "bpf" as never })).rejects.toThrow("got string");
});
