import { expect, onTestFinished, test, vi } from "vitest";
import { connectRelay } from "./connect.ts";
import {
  exitOf,
  exits,
  FakeSource,
  overrun,
  Proxy,
  socketDirectory,
  until,
} from "./fake-source.fixture.ts";
import type { RelayStream } from "./relay-stream.ts";
import { serveRelay } from "./serve.ts";

/** Process ids of the events until that of `last`, and the losses between them. */
async function readUntil(stream: RelayStream, last: number): Promise<(number | string)[]> {
  const seen: (number | string)[] = [];
  for await (const event of { [Symbol.asyncIterator]: () => ({ next: () => stream.next() }) }) {
    seen.push(event.type === "lost" ? `lost ${event.reason} ${event.count}` : event.pid);
    if (seen.at(-1) === last) break;
  }
  return seen;
}

test("a cut connection is made again, and the gap is told exactly", async () => {
  using dir = socketDirectory();
  const source = new FakeSource();
  const onListener = vi.fn();
  await using relay = await serveRelay({ path: dir.path("relay"), source, onListener });
  using proxy = await Proxy.open(dir.path("proxy"), relay.path);
  await using stream = await connectRelay(dir.path("proxy"), { retryMs: 50 });
  source.tell(...exits(1, 10));
  expect(await readUntil(stream, 10)).toHaveLength(10);
  proxy.holdUp();
  source.tell(...exits(11, 100));
  source.lose(overrun(null));
  source.tell(...exits(111, 23));
  await until(() => relay.listeners()[0]?.sent === 134);
  proxy.cut();
  await until(() => relay.listeners()[0]?.connected === false);
  source.tell(...exits(134, 3));
  expect(await readUntil(stream, 136)).toEqual([
    "lost disconnected 123",
    "lost overrun null",
    ...[134, 135, 136],
  ]);
  expect(stream.counters).toMatchObject({ lost: 123, unknownLosses: 1, reconnects: 1 });
  expect(relay.listeners()).toMatchObject([{ connected: true, dropped: 0 }]);
  expect(relay.counters()).toMatchObject({ joined: 1, resumed: 1 });
  expect(onListener.mock.calls.map(([event]) => event.type)).toEqual(["joined", "lost", "resumed"]);
});

test("nothing is lost when all that was sent had arrived", async () => {
  using dir = socketDirectory();
  const source = new FakeSource();
  await using relay = await serveRelay({ path: dir.path("relay"), source });
  using proxy = await Proxy.open(dir.path("proxy"), relay.path);
  await using stream = await connectRelay(dir.path("proxy"), { retryMs: 50 });
  for (let round = 0; round < 5; round++) {
    source.tell(exitOf(2 * round + 1));
    await readUntil(stream, 2 * round + 1);
    proxy.cut();
    await until(() => relay.listeners()[0]?.connected === false);
    source.tell(exitOf(2 * round + 2));
    expect(await readUntil(stream, 2 * round + 2)).toEqual([2 * round + 2]);
  }
  expect(stream.counters).toMatchObject({ lost: 0, unknownLosses: 0, reconnects: 5 });
});

test("a session that is not kept any more is a loss of unknown size", async () => {
  using dir = socketDirectory();
  const source = new FakeSource();
  await using relay = await serveRelay({ path: dir.path("relay"), source, retainMs: 0 });
  using proxy = await Proxy.open(dir.path("proxy"), relay.path);
  await using stream = await connectRelay(dir.path("proxy"), { retryMs: 50 });
  source.tell(exitOf(1));
  await readUntil(stream, 1);
  proxy.cut();
  await until(() => relay.counters().expired === 1);
  await until(() => relay.counters().joined === 2);
  source.tell(exitOf(3));
  expect(await readUntil(stream, 3)).toEqual(["lost disconnected null", 3]);
});

test("a relay that was killed and started again is a loss of unknown size", async () => {
  using dir = socketDirectory();
  const source = new FakeSource();
  const first = await serveRelay({ path: dir.path("relay"), source });
  using proxy = await Proxy.open(dir.path("proxy"), dir.path("relay"));
  await using stream = await connectRelay(dir.path("proxy"), { retryMs: 50 });
  source.tell(exitOf(1));
  await readUntil(stream, 1);
  // A killed relay says no farewell.
  proxy.holdUp();
  await first.close();
  proxy.cut();
  await using second = await serveRelay({ path: dir.path("relay"), source });
  await until(() => second.listeners().length === 1);
  source.tell(exitOf(2));
  expect(await readUntil(stream, 2)).toEqual(["lost disconnected null", 2]);
});

test("without reconnect a broken connection is a loss, and the end", async () => {
  using dir = socketDirectory();
  const source = new FakeSource();
  await using relay = await serveRelay({ path: dir.path("relay"), source });
  using proxy = await Proxy.open(dir.path("proxy"), relay.path);
  await using stream = await connectRelay(dir.path("proxy"), { reconnect: false });
  proxy.cut();
  expect(await stream.next()).toMatchObject({
    value: { type: "lost", reason: "disconnected", count: null },
  });
  expect(await stream.next()).toEqual({ value: undefined, done: true });
});

test("a relay that refuses to go on ends the stream with its reason", async () => {
  using dir = socketDirectory();
  const source = new FakeSource();
  const first = await serveRelay({ path: dir.path("relay"), source });
  using proxy = await Proxy.open(dir.path("proxy"), dir.path("relay"));
  await using stream = await connectRelay(dir.path("proxy"), { retryMs: 1 });
  proxy.holdUp();
  await first.close();
  proxy.cut();
  await using _second = await serveRelay({ path: dir.path("relay"), source, uids: [] });
  expect(await stream.next()).toMatchObject({
    value: { type: "lost", reason: "disconnected", count: null },
  });
  await expect(stream.next()).rejects.toMatchObject({ code: "EACCES", message: /does not serve/u });
  expect(await stream.next()).toEqual({ value: undefined, done: true });
});

/** A stream that has read one event, whose relay is gone, and which knows that. */
async function bereft(path: string): Promise<RelayStream> {
  const retryMs = 4321;
  const timers = vi.spyOn(globalThis, "setTimeout");
  onTestFinished(() => timers.mockRestore());
  const source = new FakeSource();
  const relay = await serveRelay({ path: `${path}.relay`, source });
  using proxy = await Proxy.open(path, relay.path);
  const stream = await connectRelay(path, { retryMs });
  source.tell(exitOf(1));
  await readUntil(stream, 1);
  // A killed relay says no farewell.
  proxy.holdUp();
  await relay.close();
  proxy.cut();
  await until(() => timers.mock.calls.some(([, ms]) => ms === retryMs));
  return stream;
}

test("a stream closed while its relay is down counts what was missed, and tells who reads", async () => {
  using dir = socketDirectory();
  const stream = await bereft(dir.path("a"));
  const pending = [stream.next(), stream.next()];
  await stream.close();
  const loss = { type: "lost", reason: "disconnected", count: null, sinceNs: 1n };
  expect(await pending[0]).toMatchObject({ value: loss });
  expect(await pending[1]).toEqual({ value: undefined, done: true });
  await stream.close();
  expect(stream.counters).toMatchObject({ unknownLosses: 1, delivered: 2, queued: 0 });
});

test("a stream whose signal comes while its relay is down still tells of the loss", async () => {
  using dir = socketDirectory();
  const stream = await bereft(dir.path("b"));
  await stream.close();
  expect(stream.counters).toMatchObject({ unknownLosses: 1, queued: 1 });
  expect(await stream.next()).toMatchObject({ value: { reason: "disconnected", count: null } });
  expect(await stream.next()).toEqual({ value: undefined, done: true });
});

test("a stream that is left while its relay is up has missed nothing", async () => {
  using dir = socketDirectory();
  await using relay = await serveRelay({ path: dir.path("relay"), source: new FakeSource() });
  const stream = await connectRelay(relay.path);
  await stream.return();
  expect(stream.counters).toMatchObject({ unknownLosses: 0, queued: 0, discarded: 0 });
});
