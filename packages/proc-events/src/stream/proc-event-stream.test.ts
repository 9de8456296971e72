import { expect, test } from "vitest";
import type { ProcEvent } from "../event/proc-event.ts";
import { ProcEventStream, type StreamInput, type StreamOptions } from "./proc-event-stream.ts";

interface Opened {
  readonly stream: ProcEventStream;
  readonly input: StreamInput<ProcEvent>;
  readonly calls: string[];
}

function open(options: StreamOptions = {}): Opened {
  const inputs: StreamInput<ProcEvent>[] = [];
  const calls: string[] = [];
  const stream = new ProcEventStream<ProcEvent>({
    ...options,
    subscribe: (input) => {
      inputs.push(input);
      return () => void calls.push("unsubscribed");
    },
    release: async () => void calls.push("released"),
  });
  const [input] = inputs;
  if (input === undefined) throw new Error("the stream did not subscribe");
  return { stream, input, calls };
}

function event(n: number, type: "exit" | "sid" = "sid"): ProcEvent {
  return { type, timeNs: BigInt(n), task: `${n}.1`, pid: n, tgid: n, ppid: 1 };
}

test("ProcEventStream gives events that waited, and those it is waited for", async () => {
  const { stream, input } = open();
  input.push(event(1));
  expect(await stream.next()).toEqual({ value: event(1), done: false });
  const two = [stream.next(), stream.next()];
  input.push(event(2));
  input.push(event(3));
  expect((await Promise.all(two)).map(({ value }) => value)).toEqual([event(2), event(3)]);
  expect(stream.counters).toEqual({ delivered: 3, queued: 0, dropped: 0, discarded: 0 });
});

test("ProcEventStream is still read to its end after its watch has ended", async () => {
  const { stream, input } = open();
  input.push(event(1));
  input.end();
  const events: ProcEvent[] = [];
  for await (const one of stream) events.push(one);
  expect(events).toEqual([event(1)]);
});

test("ProcEventStream closes when its loop is left, once", async () => {
  const { stream, input, calls } = open();
  for (const n of [1, 2, 3]) input.push(event(n));
  for await (const _ of stream) break;
  await stream.close();
  await stream[Symbol.asyncDispose]();
  expect(calls).toEqual(["unsubscribed", "released"]);
  expect(stream.counters).toEqual({ delivered: 1, queued: 0, dropped: 0, discarded: 2 });
  input.push(event(4));
  expect(await stream.next()).toEqual({ value: undefined, done: true });
});

test("ProcEventStream lets a pending reader go when it is closed", async () => {
  const { stream } = open();
  const pending = stream.next();
  await stream.close();
  expect(await pending).toEqual({ value: undefined, done: true });
});

test("ProcEventStream ends quietly when its signal is aborted, before or after", async () => {
  const aborting = new AbortController();
  const { stream, input, calls } = open({ signal: aborting.signal });
  input.push(event(1));
  aborting.abort();
  expect(await stream.next()).toEqual({ value: undefined, done: true });
  await stream.close();
  expect(calls).toEqual(["unsubscribed", "released"]);
  const late = open({ signal: AbortSignal.abort() });
  expect(await late.stream.next()).toEqual({ value: undefined, done: true });
});

test("ProcEventStream keeps exits longest and puts one loss in the place of what it dropped", async () => {
  const { stream, input } = open({ queueLimit: 4 });
  for (const n of [1, 2, 3, 4, 5]) input.push(event(n));
  input.push(event(6, "exit"));
  expect(stream.counters).toMatchObject({ queued: 4, dropped: 3 });
  input.end();
  const events: ProcEvent[] = [];
  for await (const one of stream) events.push(one);
  expect(events).toEqual([
    event(1),
    event(2),
    event(3),
    { type: "lost", timeNs: 6n, reason: "queue", count: 3, sinceNs: 4n, untilNs: 6n },
  ]);
});

test("ProcEventStream leaves a loss that it has no room for its reason and its count", async () => {
  const { stream, input } = open({ queueLimit: 1 });
  const loss = { type: "lost", timeNs: 9n, reason: "overrun", sinceNs: 2n, untilNs: 9n } as const;
  input.push(event(1));
  input.push({ ...loss, count: 10 });
  input.push(event(10));
  input.push({ ...loss, count: 5, timeNs: 12n, sinceNs: 11n, untilNs: 12n });
  input.push({ ...loss, reason: "deaf", count: null });
  input.push(event(13));
  expect(stream.counters).toMatchObject({ queued: 4, dropped: 2 });
  input.end();
  const events: ProcEvent[] = [];
  for await (const one of stream) events.push(one);
  expect(events).toEqual([
    event(1),
    { ...loss, count: 15, timeNs: 12n, untilNs: 12n },
    { type: "lost", timeNs: 13n, reason: "queue", count: 2, sinceNs: 10n, untilNs: 13n },
    { ...loss, reason: "deaf", count: null },
  ]);
});

test("ProcEventStream knows a number no more once it was not known", async () => {
  const { stream, input } = open({ queueLimit: 1 });
  const loss = { type: "lost", timeNs: 9n, reason: "overrun", sinceNs: 2n, untilNs: 9n } as const;
  input.push(event(1));
  for (const count of [3, null, 4]) input.push({ ...loss, count });
  await stream.next();
  expect((await stream.next()).value).toMatchObject({ reason: "overrun", count: null });
});

test("ProcEventStream refuses a limit that is none", () => {
  expect(() => open({ queueLimit: 0 })).toThrow(RangeError);
});
