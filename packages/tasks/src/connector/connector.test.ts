import { procEventFrame } from "@task-watchers/kernel-test";
import { scriptedKernel } from "@task-watchers/netlink/testing";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Connector } from "./connector.ts";
import { SELF, Script } from "./scripted-connector.fixture.ts";
import { SourceUnavailableError } from "./source-error.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test("Connector joins group 1, listens unmasked for the acknowledgement, then sets the mask", () => {
  const script = new Script();
  const connector = script.connect();
  expect(script.kernel.joined).toEqual([1]);
  expect(script.kernel.sent.map((request) => request.length)).toEqual([40, 44]);
  expect(connector.counters()).toMatchObject({ masked: true, sequenceGaps: null });
  connector.close();
});

test("Connector finds out that an older kernel ignores the mask", () => {
  const script = new Script();
  script.honoursMask = false;
  const connector = script.connect();
  expect(connector.counters()).toMatchObject({ masked: false, sequenceGaps: 0 });
  connector.close();
});

test("Connector refuses to believe in a request that is not acknowledged, and closes its socket", () => {
  const script = new Script();
  script.acknowledgement = "none";
  expect(() => script.connect()).toThrow(
    expect.objectContaining({ name: "SourceUnavailableError", code: "ENOACK" }),
  );
  expect(script.kernel.closed).toBe(true);
});

test("Connector names the capability when an older kernel refuses", () => {
  const script = new Script();
  script.acknowledgement = 1;
  expect(() => script.connect()).toThrow(/CAP_NET_ADMIN/u);
});

test("Connector says that it is in another network namespace", () => {
  const script = new Script();
  const connect = (): Connector =>
    new Connector({
      open: () => {
        const kernel = scriptedKernel();
        kernel.refuse("send", 111);
        return kernel;
      },
      openBell: () => scriptedKernel(),
      touch: () => {},
      now: () => script.now,
      tgid: SELF,
      sink: { event: () => {}, lost: () => {}, settled: () => {} },
    });
  expect(connect).toThrow(SourceUnavailableError);
  expect(connect).toThrow(/another network namespace.*ECONNREFUSED/u);
});

test("Connector hands on the child's ids first, and those of an exit with its status", () => {
  const script = new Script();
  const connector = script.connect();
  script.send(1, [10, 11, 20, 21]); // FORK: parent pid, tgid, child pid, tgid
  script.send(0x80000000, [20, 21, 0x700, 17, 10, 11]); // EXIT: pid, tgid, code, signal, parent
  connector.drain();
  expect(script.events).toEqual([
    [1, 20, 21, 10, 11],
    [0x80000000, 20, 21, 0x700, 11],
  ]);
  connector.close();
});

test("Connector drops and counts what another process sent, and what is no event", () => {
  const script = new Script();
  const connector = script.connect();
  script.fork(5, 4321);
  script.kernel.push(new Uint8Array(0));
  script.kernel.push(new Uint8Array(76));
  script.kernel.push(procEventFrame({ what: 1, data: [1, 1, 6, 6] }).subarray(0, 50));
  const longer = procEventFrame({ what: 1, data: [1, 1, 7, 7] });
  longer[0] = 200; // nlmsg_len beyond what was received
  script.kernel.push(longer);
  script.fork(8);
  connector.drain();
  expect(script.events).toEqual([[1, 8, 8, 1, 1]]);
  expect(connector.counters()).toMatchObject({ spoofed: 1, malformed: 4, lost: 0 });
  connector.close();
});

test("Connector sends IGNORE when closed, closes once, and keeps its counters", () => {
  const script = new Script();
  const connector = script.connect();
  script.kernel.overrun(2);
  connector.close();
  connector.close();
  expect(script.kernel.closed).toBe(true);
  const operations = script.kernel.sent.map((request) => new Uint32Array(request.buffer)[9]);
  expect(operations.filter((operation) => operation === 2)).toHaveLength(1);
  expect(connector.counters()).toMatchObject({ dropped: 2 });
});

test("Connector has a bell for execs, and reads its own queue when that rings", async () => {
  const script = new Script();
  const connector = script.connect();
  connector.start();
  const [bell] = script.bells;
  expect(bell?.joined).toEqual([1]);
  expect(new Uint32Array(bell?.sent[0]?.buffer ?? new ArrayBuffer(0))[10]).toBe(2);
  script.send(2, [5, 5]);
  bell?.push(procEventFrame({ what: 2, data: [5, 5] }));
  await vi.advanceTimersByTimeAsync(1);
  expect(script.events).toEqual([[2, 5, 5, 0, 0]]);
  expect(bell?.queued).toBe(0);
  connector.close();
  expect(bell?.closed).toBe(true);
});

test("Connector foretells the latest execs of its bell, the last one first, and tells all in order", () => {
  const script = new Script();
  const connector = script.connect();
  connector.start();
  const bell = script.bells[0];
  for (let tgid = 1; tgid <= 40; tgid++) {
    script.send(2, [tgid, tgid]);
    bell?.push(procEventFrame({ what: 2, data: [tgid + 100, tgid], timeNs: BigInt(tgid) }));
  }
  connector.drain();
  expect(script.foretold).toEqual(Array.from({ length: 32 }, (_, i) => [40 - i, BigInt(40 - i)]));
  expect(script.events.map(([, pid]) => pid)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
  connector.close();
});

test("Connector foretells nothing that the bell did not get whole, or from another than the kernel, or is no exec", () => {
  const script = new Script();
  const connector = script.connect();
  connector.start();
  const bell = script.bells[0];
  bell?.push(procEventFrame({ what: 2, data: [5, 5] }), 4711);
  bell?.push(procEventFrame({ what: 2, data: [6, 6] }).subarray(0, 56));
  bell?.push(procEventFrame({ what: 0x4000_0000, data: [7, 7] }));
  bell?.overrun(1);
  connector.drain();
  bell?.push(procEventFrame({ what: 2, data: [8, 8], timeNs: 9n }));
  connector.drain();
  expect(script.foretold).toEqual([[8, 9n]]);
  connector.close();
});

test("Connector holds the process only while referenced", () => {
  const script = new Script();
  const connector = script.connect();
  connector.start();
  expect(script.kernel.referenced).toBe(true);
  connector.unref();
  expect(script.kernel.referenced).toBe(false);
  connector.ref();
  expect(script.kernel.referenced).toBe(true);
  connector.close();
});

test("Connector is settled when its queue is empty, not when a turn ends before that", () => {
  const script = new Script();
  const connector = script.connect();
  for (let child = 0; child < 5000; child++) script.fork(child);
  expect(connector.drain()).toBe(4096);
  expect(script.settled).toBe(0);
  expect(connector.drain()).toBe(904);
  expect(script.settled).toBe(1);
  connector.close();
});

test("Connector has the kernel ring for no exec while there is no hurry, and a fresh bell neither", () => {
  const script = new Script();
  const connector = script.connect();
  connector.start();
  const asked = (): Array<number | undefined> =>
    (script.bells.at(-1)?.sent ?? []).map((request) => new Uint32Array(request.buffer)[10]);
  connector.hurry(false);
  expect(asked()).toEqual([0x2, 0x4000_0000]);
  // A sign of life is asked for all the same, and gets it back to what it was.
  vi.advanceTimersByTime(1000);
  expect(connector.counters().deaf).toBe(0);
  expect(asked().at(-1)).toBe(0x4000_0000);
  connector.hurry(true);
  expect(asked().at(-1)).toBe(0x2);
  connector.close();
  connector.hurry(false);
  expect(asked().at(-1)).not.toBe(0x4000_0000);
});
