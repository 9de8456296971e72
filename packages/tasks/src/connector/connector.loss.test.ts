import { procEventFrame } from "@task-watchers/kernel-test";
import { scriptedKernel } from "@task-watchers/netlink/testing";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Connector } from "./connector.ts";
import { SELF, Script } from "./scripted-connector.fixture.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test("Connector reads on after an overrun, and reports exactly what was dropped, once", () => {
  const script = new Script();
  const connector = script.connect();
  script.fork(1);
  script.now = 50n;
  script.kernel.overrun(37);
  connector.drain();
  script.fork(2);
  connector.drain();
  expect(script.events).toHaveLength(2);
  expect(script.losses).toEqual([{ reason: "overrun", count: 37, sinceNs: 0n, untilNs: 50n }]);
  expect(connector.counters()).toMatchObject({ overruns: 1, lost: 37, dropped: 37 });
  connector.close();
});

test("Connector counts gaps of the sequence as lost where no mask is set", () => {
  const script = new Script();
  const connector = new Connector({
    open: () => {
      const kernel = scriptedKernel((request, self) => {
        const ack = (new Uint32Array(request.buffer)[7] ?? 0) + 1;
        self.push(procEventFrame({ what: 0, data: [0], ack, sequence: 1 }));
      });
      script.kernels.push(kernel);
      return kernel;
    },
    openBell: () => scriptedKernel(),
    touch: () => {},
    now: () => 0n,
    tgid: SELF,
    sink: { event: () => {}, lost: (loss) => script.losses.push(loss), settled: () => {} },
  });
  script.kernel.push(procEventFrame({ what: 1, sequence: 5 }));
  connector.drain();
  expect(connector.counters()).toMatchObject({ sequenceGaps: 3, lost: 3, dropped: 0 });
  connector.close();
});

test("Connector reports a loss after which nothing more came, within a second", async () => {
  const script = new Script();
  const connector = script.connect();
  connector.start();
  await vi.advanceTimersByTimeAsync(100);
  // Counted by the kernel, without an error that would wake anyone.
  script.kernel.overrun(5);
  await vi.advanceTimersByTimeAsync(1100);
  expect(script.losses).toMatchObject([{ reason: "overrun", count: 5 }]);
  connector.close();
});

test("Connector reports at the beat what the kernel dropped without a sign", async () => {
  const script = new Script();
  const connector = script.connect();
  connector.start();
  vi.spyOn(script.kernel, "drops").mockReturnValue(6);
  await vi.advanceTimersByTimeAsync(1100);
  expect(script.losses).toMatchObject([{ reason: "overrun", count: 6 }]);
  await vi.advanceTimersByTimeAsync(2000);
  expect(script.losses).toHaveLength(1);
  connector.close();
});

test("Connector that finds more than a turn's worth at the beat reports what was dropped at a later one", async () => {
  const script = new Script();
  const connector = script.connect();
  for (let child = 0; child < 5000; child++) script.fork(child);
  // Nothing but the beat reads.
  const signal = { start: () => {}, stop: () => {}, ref: () => {}, unref: () => {} };
  vi.spyOn(script.kernel, "onReadable").mockReturnValue(signal);
  vi.spyOn(script.kernel, "drops").mockReturnValue(6);
  connector.start();
  await vi.advanceTimersByTimeAsync(1000);
  expect(script.events).toHaveLength(4096);
  expect(script.losses).toEqual([]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(script.events).toHaveLength(5000);
  expect(script.losses).toMatchObject([{ reason: "overrun", count: 6 }]);
  connector.close();
});
