import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { connectRelay } from "./connect.ts";
import { exitOf, FakeSource, forkOf, socketDirectory, until } from "./fake-source.fixture.ts";
import { type Relay, serveRelay } from "./serve.ts";

const LISTEN = '{"type":"listen","schema":1}\n';

interface Raw {
  readonly socket: Socket;
  text: string;
}

/** A connection that says whatever it likes. */
async function raw(path: string): Promise<Raw> {
  const client: Raw = { socket: connect({ path }), text: "" };
  client.socket.on("error", () => {}).on("data", (chunk) => (client.text += chunk.toString()));
  onTestFinished(() => void client.socket.destroy());
  await once(client.socket, "connect");
  return client;
}

async function answerTo(path: string, ...pieces: (string | Buffer)[]): Promise<string> {
  const client = await raw(path);
  const closed = once(client.socket, "close");
  for (const piece of pieces) client.socket.write(piece);
  await closed;
  return client.text;
}

/** Somebody who keeps listening gets what is told. */
async function expectWorking(relay: Relay, source: FakeSource): Promise<void> {
  await using stream = await connectRelay(relay.path);
  source.tell(forkOf(7));
  expect((await stream.next()).value).toEqual(forkOf(7));
}

test.each([
  ["binary", [Buffer.from([0xff, 0xfe, 0x00, 0x0a])], /"EPROTO".*UTF-8/u],
  ["another protocol", ["GET / HTTP/1.1\r\n\r\n"], /"EPROTO".*first line/u],
  ["a line without end", ["x".repeat(70_000)], /"EPROTO".*65536 bytes/u],
  ["a huge line in pieces", ["y".repeat(60_000), "y".repeat(60_000)], /"EPROTO".*65536 bytes/u],
  ["an unknown key", ['{"type":"listen","schema":1,"filter":{"exec":"rm"}}\n'], /"EINVAL".*exec/u],
  ["depth", [`{"type":"listen","schema":1,"filter":${"[".repeat(30_000)}\n`], /"EPROTO"/u],
  ["a second line", [LISTEN, "listen harder\n"], /"header".*\n.*"EPROTO".*something else/u],
  ["much at once", [`${LISTEN}${"z".repeat(60_000)}`], /"header".*\n.*"EPROTO".*something else/u],
])(
  "a listener that sends %s is refused with an error, and harms nobody",
  async (_, said, answer) => {
    using dir = socketDirectory();
    const source = new FakeSource();
    await using relay = await serveRelay({ path: dir.path("s"), source });
    expect(await answerTo(relay.path, ...said)).toMatch(answer);
    await expectWorking(relay, source);
    expect(relay.counters().refused).toBe(1);
    await until(() => source.sinks.size === 0);
  },
);

test("listeners that hang up at once, or halfway, leave nothing but a session to come back to", async () => {
  using dir = socketDirectory();
  const source = new FakeSource();
  await using relay = await serveRelay({ path: dir.path("s"), source, retainMs: 0 });
  for (const said of ["", '{"type":', LISTEN]) {
    const client = await raw(relay.path);
    client.socket.end(said);
    await once(client.socket, "close");
  }
  for (let at = 0; at < 50; at++) (await raw(relay.path)).socket.destroy();
  await until(() => relay.listeners().length === 0);
  await expectWorking(relay, source);
});

test("connections that say nothing are held to the limits of listeners", async () => {
  using dir = socketDirectory();
  const source = new FakeSource();
  await using relay = await serveRelay({ path: dir.path("s"), source, maxListenersPerUid: 3 });
  const silent = [await raw(relay.path), await raw(relay.path), await raw(relay.path)];
  expect(await answerTo(relay.path)).toMatch(/"EAGAIN".*have not said/u);
  for (const { socket } of silent) socket.destroy();
  await until(() => relay.counters().refused === 1);
  await expect
    .poll(() => connectRelay(relay.path).then((stream) => stream.close()))
    .toBeUndefined();
});

test("a user's listeners are limited, and broken sessions make room", async () => {
  using dir = socketDirectory();
  const source = new FakeSource();
  await using relay = await serveRelay({ path: dir.path("s"), source, maxListenersPerUid: 2 });
  await using first = await connectRelay(relay.path);
  const second = await raw(relay.path);
  second.socket.write(LISTEN);
  await until(() => second.text.includes("header"));
  await expect(connectRelay(relay.path)).rejects.toMatchObject({
    code: "EAGAIN",
    message: /no more than 2 listeners of user/u,
  });
  second.socket.destroy();
  await until(() => relay.listeners().some(({ connected }) => !connected));
  await using third = await connectRelay(relay.path);
  source.tell(exitOf(1));
  for (const stream of [first, third]) expect((await stream.next()).value).toEqual(exitOf(1));
  expect(relay.counters()).toMatchObject({ evicted: 1 });
});

test("a connection that says nothing for long is refused", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  using dir = socketDirectory();
  await using relay = await serveRelay({ path: dir.path("s"), source: new FakeSource() });
  const silent = await raw(relay.path);
  // Connections are taken in order.
  const stream = await connectRelay(relay.path);
  await stream.close();
  vi.advanceTimersByTime(5000);
  await once(silent.socket, "close");
  expect(silent.text).toMatch(/"ETIMEDOUT".*no line came within 5 s/u);
});

test("a storm of listeners that come and go is held back, and harms nobody", async () => {
  using dir = socketDirectory();
  const source = new FakeSource();
  await using relay = await serveRelay({ path: dir.path("s"), source, maxListenersPerUid: 4 });
  await using steady = await connectRelay(relay.path);
  for (let at = 0; at < 200; at++) {
    const { socket } = await raw(relay.path);
    socket.end(LISTEN);
    source.tell(exitOf(at + 1));
    expect((await steady.next()).value).toEqual(exitOf(at + 1));
  }
  await until(() => relay.listeners().every(({ connected }, at) => connected === (at === 0)));
  expect(relay.listeners().length).toBeLessThanOrEqual(4);
  expect(source.sinks.size).toBe(relay.listeners().length);
  expect(steady.counters.lost).toBe(0);
});

test("a session is resumed with its own filter or not at all", async () => {
  using dir = socketDirectory();
  await using relay = await serveRelay({ path: dir.path("s"), source: new FakeSource() });
  const client = await raw(relay.path);
  client.socket.write(LISTEN);
  await until(() => client.text.includes("\n"));
  const [status] = relay.listeners();
  const resume = JSON.stringify({ session: status?.session, seq: 0 });
  const line = `{"type":"listen","schema":1,"filter":{"kinds":["exit"]},"resume":${resume}}\n`;
  expect(await answerTo(relay.path, line)).toMatch(/"EINVAL".*with the filter/u);
  expect(relay.listeners()).toEqual([status]);
});

test("a callback that throws harms no listener", async () => {
  using dir = socketDirectory();
  const source = new FakeSource();
  const thrown: unknown[] = [];
  const catchIt = (error: unknown): void => void thrown.push(error);
  const others = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException").on("uncaughtException", catchIt);
  onTestFinished(() => {
    process.removeAllListeners("uncaughtException");
    for (const listener of others) process.on("uncaughtException", listener);
  });
  const onListener = (): void => {
    throw new Error("from the callback");
  };
  await using relay = await serveRelay({ path: dir.path("s"), source, onListener });
  await expectWorking(relay, source);
  await until(() => thrown.length >= 1);
  expect(thrown[0]).toMatchObject({ message: "from the callback" });
});

test.each([
  ["an event that is none", '{"seq":1,"type":"exit","pid":"x"}\n'],
  [
    "no place in the session",
    '{"type":"sid","timeNs":"1","task":"1.1","pid":1,"tgid":1,"ppid":0}\n',
  ],
  ["no JSON", "\u001b[2J\n"],
  ["a line without end", "x".repeat(17_000_000)],
])("a relay that sends %s is left with an error", async (_, said) => {
  using dir = socketDirectory();
  const source = new FakeSource();
  await using relay = await serveRelay({ path: dir.path("s"), source });
  const honest = await raw(relay.path);
  honest.socket.write(LISTEN);
  await until(() => honest.text.includes("\n"));
  const server = createServer((socket) => socket.on("error", () => {}).write(honest.text + said));
  await new Promise<void>((resolve) => server.listen(dir.path("t"), resolve));
  onTestFinished(() => void server.close());
  await using stream = await connectRelay(dir.path("t"));
  await expect(stream.next()).rejects.toMatchObject({ name: "RelayError", code: "EPROTO" });
  expect(await stream.next()).toEqual({ value: undefined, done: true });
});
