import { createServer, type Socket } from "node:net";
import { expect, test, vi } from "vitest";
import type { ProcEvent } from "../event/proc-event.ts";
import { connectRelay } from "./connect.ts";
import {
  exitOf,
  exits,
  FakeSource,
  forkOf,
  overrun,
  socketDirectory,
  until,
} from "./fake-source.fixture.ts";
import type { RelayStream } from "./relay-stream.ts";
import { serveRelay } from "./serve.ts";

/** The next `count` events, in a few words. */
async function next(stream: RelayStream, count: number): Promise<string[]> {
  const events: string[] = [];
  for (let at = 0; at < count; at++) events.push(inWords((await stream.next()).value));
  return events;
}

function inWords(event: ProcEvent | undefined): string {
  if (event === undefined) return "end";
  return event.type === "lost"
    ? `lost ${event.reason} ${event.count}`
    : `${event.type} ${event.pid}`;
}

test("a relay tells each listener what the source tells it, losses in their place", async () => {
  using dir = socketDirectory();
  const source = new FakeSource();
  await using relay = await serveRelay({ path: dir.path("s"), source });
  await using first = await connectRelay(relay.path, { kinds: ["exit"], uid: 5 });
  await using second = await connectRelay(relay.path);
  expect([...source.sinks.values()]).toEqual([{ kinds: ["exit"], uid: 5 }, {}]);
  source.tell(forkOf(7), exitOf(7));
  source.lose(overrun(4));
  for (const stream of [first, second]) {
    expect(await next(stream, 3)).toEqual(["fork 7", "exit 7", "lost overrun 4"]);
    expect(stream.header).toMatchObject({ type: "header", schema: 1, scope: "all" });
  }
  expect(relay.listeners()).toMatchObject([
    { pid: process.pid, uid: process.getuid?.(), sent: 3, queued: 0, dropped: 0, connected: true },
    { sent: 3 },
  ]);
  expect(relay.counters()).toMatchObject({ joined: 2, sent: 6, refused: 0 });
});

test("events come out of a relay as they went in", async () => {
  using dir = socketDirectory();
  const source = new FakeSource();
  await using relay = await serveRelay({ path: dir.path("s"), source });
  await using stream = await connectRelay(relay.path);
  const event = { ...exitOf(7, 3), durationNs: 12n, ppid: 6 } as const;
  const comm = {
    type: "comm",
    timeNs: 1n,
    task: "7.1",
    pid: 7,
    tgid: 7,
    ppid: 6,
    comm: "a\nb\u001b\udcff",
  } as const;
  source.tell(event, comm);
  expect([(await stream.next()).value, (await stream.next()).value]).toEqual([event, comm]);
});

test("a regular expression stays with the listener, which gets what it needs to apply it", async () => {
  using dir = socketDirectory();
  const source = new FakeSource();
  await using relay = await serveRelay({ path: dir.path("s"), source });
  await using stream = await connectRelay(relay.path, { command: [/^make .*-j/u, "cc"] });
  expect([...source.sinks.values()]).toEqual([{}]);
  const run = (...argv: string[]) => ({
    exe: `/bin/${argv[0]}`,
    argv,
    cwd: "/",
    cgroup: "/",
  });
  source.tell({ ...exitOf(1), exec: run("make", "all") });
  source.tell({ ...forkOf(2), exec: run("make", "all", "-j2") });
  source.tell({ ...exitOf(3), exec: run("cc", "x.c") }, exitOf(4));
  source.tell({ ...exitOf(5), exec: run("make", "-j") });
  expect(await next(stream, 3)).toEqual(["fork 2", "exit 3", "exit 5"]);
});

test("ends say what ran, unless the listener does not want that", async () => {
  using dir = socketDirectory();
  const source = new FakeSource();
  await using relay = await serveRelay({ path: dir.path("s"), source });
  await using stream = await connectRelay(relay.path, { failed: true });
  await using brief = await connectRelay(relay.path, { failed: true, withExec: false });
  const exec = { exe: "/bin/make", argv: ["make", "all"], cwd: "/", cgroup: "/" };
  source.tell({ ...exitOf(1, 2), exec });
  expect(await stream.next()).toMatchObject({
    value: { code: 2, exec: { exe: "/bin/make", argv: ["make", "all"] } },
  });
  expect((await brief.next()).value).toEqual(exitOf(1, 2));
});

test("a listener whose processes have all ended is told that this is the end", async () => {
  using dir = socketDirectory();
  const source = new FakeSource();
  await using relay = await serveRelay({ path: dir.path("s"), source });
  await using stream = await connectRelay(relay.path, { pid: 7 });
  source.tell(forkOf(7), exitOf(7));
  source.over();
  expect(await next(stream, 3)).toEqual(["fork 7", "exit 7", "end"]);
  expect(stream.counters).toMatchObject({ lost: 0, unknownLosses: 0, reconnects: 0 });
  await until(() => relay.listeners().length === 0);
  expect(source.sinks.size).toBe(0);
});

test("a listener that does not read loses events of its own only, and is told how many", async () => {
  using dir = socketDirectory();
  const source = new FakeSource();
  await using relay = await serveRelay({ path: dir.path("s"), source, queueLimit: 500 });
  await using slow = await connectRelay(relay.path, { queueLimit: 10 });
  await using quick = await connectRelay(relay.path);
  const total = 20_000;
  for (let at = 0; at < total; at += 100) {
    source.tell(...exits(at + 1, 100));
    expect(await next(quick, 100)).toEqual(exits(at + 1, 100).map(inWords));
  }
  expect(quick.counters.lost).toBe(0);
  const [status] = relay.listeners();
  expect(status?.dropped).toBeGreaterThan(0);
  let events = 0;
  while (events + slow.counters.lost < total) {
    const { value } = await slow.next();
    if (value?.type !== "lost") events++;
  }
  expect(slow.counters.lost).toBe(status?.dropped);
  expect(events + slow.counters.lost).toBe(total);
});

test("close() ends the listeners' streams after what waits, and removes the socket", async () => {
  using dir = socketDirectory();
  const source = new FakeSource();
  const relay = await serveRelay({ path: dir.path("s"), source });
  await using stream = await connectRelay(relay.path);
  source.tell(exitOf(1));
  await Promise.all([relay.close(), relay.close()]);
  expect(await next(stream, 3)).toEqual(["exit 1", "end", "end"]);
  expect(source.sinks.size).toBe(0);
  await expect(connectRelay(relay.path)).rejects.toMatchObject({ code: "ENOENT" });
});

test("close() does not wait for a listener that does not read", async () => {
  using dir = socketDirectory();
  const source = new FakeSource();
  const relay = await serveRelay({ path: dir.path("s"), source });
  await using _stream = await connectRelay(relay.path, { queueLimit: 1, reconnect: false });
  source.tell(...exits(1, 20_000));
  await relay.close();
  expect(relay.listeners()).toEqual([]);
});

test("the end of the source is the end of the streams", async () => {
  using dir = socketDirectory();
  const source = new FakeSource();
  await using relay = await serveRelay({ path: dir.path("s"), source });
  await using stream = await connectRelay(relay.path);
  source.tell(exitOf(1));
  source.end();
  expect(await next(stream, 2)).toEqual(["exit 1", "end"]);
  await until(() => relay.listeners().length === 0);
});

test("a listener that leaves is not kept", async () => {
  using dir = socketDirectory();
  const source = new FakeSource();
  const onListener = vi.fn();
  await using relay = await serveRelay({ path: dir.path("s"), source, onListener });
  const stream = await connectRelay(relay.path);
  await stream.close();
  await until(() => relay.listeners().length === 0);
  expect(source.sinks.size).toBe(0);
  expect(onListener.mock.calls.map(([event]) => event.type)).toEqual(["joined", "left"]);
});

test("the signals close the relay and the stream", async () => {
  using dir = socketDirectory();
  const aborted = new AbortController();
  const source = new FakeSource();
  const relay = await serveRelay({ path: dir.path("s"), source, signal: aborted.signal });
  const leaving = new AbortController();
  const stream = await connectRelay(relay.path, { signal: leaving.signal });
  const pending = stream.next();
  leaving.abort();
  expect(await pending).toEqual({ value: undefined, done: true });
  aborted.abort();
  await relay.closed;
  await expect(serveRelay({ path: relay.path, source, signal: aborted.signal })).rejects.toThrow(
    "aborted",
  );
});

test("connectRelay() says what is wrong with a relay", async () => {
  using dir = socketDirectory();
  const answers = new Map([
    ["silent\n", "EPROTO"],
    ['{"type":"header","schema":1}\n', "EPROTO"],
    ['{"type":"header","schema":2,"relay":{"session":"a","seq":0}}\n', "EPROTO"],
    ['{"type":"error","code":"EACCES","message":"not you"}\n', "EACCES"],
  ]);
  let answer = "";
  const server = createServer((socket: Socket) => socket.on("error", () => {}).end(answer));
  await new Promise<void>((resolve) => server.listen(dir.path("s"), resolve));
  for (const [text, code] of answers) {
    answer = text;
    await expect(connectRelay(dir.path("s"))).rejects.toMatchObject({ name: "RelayError", code });
  }
  answer = "";
  await expect(connectRelay(dir.path("s"))).rejects.toMatchObject({ code: "ECONNRESET" });
  server.close();
  await expect(connectRelay(dir.path("none"))).rejects.toThrow(
    /start one with: task-watchers relay --socket/u,
  );
});

test("connectRelay() refuses bad options before it connects", async () => {
  await expect(connectRelay("")).rejects.toThrow(TypeError);
  await expect(connectRelay("x".repeat(108))).rejects.toMatchObject({ code: "ENAMETOOLONG" });
  await expect(connectRelay("s", { queueLimit: 0 })).rejects.toThrow(/queueLimit/u);
  await expect(connectRelay("s", { retryMs: 0 })).rejects.toThrow(/retryMs/u);
  await expect(connectRelay("s", JSON.parse('{"withExec":1}'))).rejects.toThrow(
    "withExec must be true or false, got 1",
  );
  await expect(connectRelay("s", JSON.parse("null"))).rejects.toThrow(/must be an object/u);
  await expect(connectRelay("s", { uid: -1 })).rejects.toThrow(/uid/u);
});

test("a filter that the source refuses is an error of the listener", async () => {
  using dir = socketDirectory();
  await using relay = await serveRelay({ path: dir.path("s"), source: new FakeSource() });
  await expect(connectRelay(relay.path, { pid: 999 })).rejects.toMatchObject({
    code: "ESRCH",
    message: /999/u,
  });
  expect(relay.listeners()).toEqual([]);
});
