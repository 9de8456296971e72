import { procEventFrame } from "@task-watchers/kernel-test";
import { SyscallError } from "@task-watchers/linux";
import { type ScriptedKernel, scriptedKernel } from "@task-watchers/netlink/testing";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Connector } from "./connector.ts";
import type { Loss } from "./loss.ts";
import { SourceUnavailableError } from "./source-error.ts";

const SELF = 1000;
const MASK = 0x80000047;

/** A connector whose kernel is a script: acknowledges LISTEN, honours a mask, answers a touch with a COMM event. */
class Script {
  readonly kernels: ScriptedKernel[] = [];
  readonly bells: ScriptedKernel[] = [];
  readonly events: number[][] = [];
  readonly losses: Loss[] = [];
  settled = 0;
  now = 0n;
  /** What the kernel does with requests to listen. */
  acknowledgement: number | "none" = 0;
  honoursMask = true;
  /** Whether there is no socket to be had. */
  exhausted = false;
  #mask = 0;
  #sequence = 0;

  get kernel(): ScriptedKernel {
    const kernel = this.kernels.at(-1);
    if (kernel === undefined) throw new Error("no socket was opened");
    return kernel;
  }

  connect(mask: number | undefined = MASK): Connector {
    return new Connector({
      open: () => this.#open(),
      openBell: () => this.#openBell(),
      touch: () => this.send(0x200, [SELF, SELF]),
      now: () => this.now,
      mask,
      tgid: SELF,
      sink: {
        event: (what, pid, tgid, first, second) => {
          if (what !== 0x200) this.events.push([what, pid, tgid, first, second]);
        },
        lost: (loss) => this.losses.push(loss),
        settled: () => this.settled++,
      },
    });
  }

  send(what: number, data: number[], senderPort = 0): void {
    if (this.#mask !== 0 && (this.#mask & what) === 0) return;
    const frame = procEventFrame({ what, data, sequence: this.#sequence++ });
    this.kernel.push(frame, senderPort);
  }

  fork(child: number, senderPort = 0): void {
    this.send(1, [1, 1, child, child], senderPort);
  }

  #openBell(): ScriptedKernel {
    const bell = scriptedKernel(undefined, { datagramBytes: 128 });
    this.bells.push(bell);
    return bell;
  }

  #open(): ScriptedKernel {
    if (this.exhausted) throw new SyscallError("socket", 24);
    this.#mask = 0;
    const kernel = scriptedKernel((request, self) => this.#answer(request, self), {
      datagramBytes: 128,
    });
    this.kernels.push(kernel);
    return kernel;
  }

  #answer(request: Uint8Array, kernel: ScriptedKernel): void {
    const words = new Uint32Array(request.buffer, 0, request.length / 4);
    if (words[9] !== 1) return;
    if (request.length === 44) {
      if (this.honoursMask) this.#mask = words[10] ?? 0;
      return;
    }
    if (this.acknowledgement === "none") return;
    const ack = (words[7] ?? 0) + 1;
    const data = [this.acknowledgement];
    kernel.push(procEventFrame({ what: 0, data, ack, sequence: this.#sequence++ }));
  }
}

/** The operations that a socket asked for: 1 is LISTEN, 2 is IGNORE. */
function operationsOf(kernel: ScriptedKernel | undefined): Array<number | undefined> {
  return (kernel?.sent ?? []).map((request) => new Uint32Array(request.buffer)[9]);
}

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

test("Connector that only hears nothing asks for a sign of life and goes on", async () => {
  const script = new Script();
  const connector = script.connect();
  connector.start();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(script.kernels).toHaveLength(1);
  expect(script.losses).toEqual([]);
  // The mask is widened for the moment of the question, and set back.
  const masks = script.kernel.sent.map((request) => new Uint32Array(request.buffer)[10]);
  expect(masks.at(-2)).toBe(0x80000247);
  expect(masks.at(-1)).toBe(0x80000047);
  connector.close();
});

test("Connector gone deaf listens on a fresh socket within two seconds, and says so", async () => {
  const script = new Script();
  const connector = script.connect();
  connector.start();
  script.fork(1);
  await vi.advanceTimersByTimeAsync(500);
  const [deaf] = script.kernels;
  if (deaf) deaf.silent = true;
  script.now = 9n;
  await vi.advanceTimersByTimeAsync(2000);
  expect(script.kernels).toHaveLength(2);
  expect(deaf?.closed).toBe(true);
  expect(script.losses).toMatchObject([{ reason: "deaf", count: null, untilNs: 9n }]);
  // The kernel no longer counts the deaf socket: an IGNORE would silence another listener.
  const operations = deaf?.sent.map((request) => new Uint32Array(request.buffer)[9]);
  expect(operations).not.toContain(2);
  script.fork(2);
  await vi.advanceTimersByTimeAsync(10);
  expect(script.events.at(-1)).toEqual([1, 2, 2, 1, 1]);
  expect(connector.counters()).toMatchObject({ deaf: 1 });
  connector.close();
});

test("Connector that cannot get a fresh socket tries again at every beat, and counts one deafness", async () => {
  const script = new Script();
  const connector = script.connect();
  connector.start();
  script.kernel.silent = true;
  script.acknowledgement = "none";
  await vi.advanceTimersByTimeAsync(5000);
  expect(script.kernels.length).toBeGreaterThan(3);
  expect(script.kernels.slice(1).every((kernel) => kernel.closed)).toBe(true);
  script.acknowledgement = 0;
  await vi.advanceTimersByTimeAsync(1000);
  expect(connector.counters()).toMatchObject({ deaf: 1 });
  expect(script.losses).toHaveLength(1);
  connector.close();
});

test("Connector keeps the counts of sockets it gave up", async () => {
  const script = new Script();
  const connector = script.connect();
  connector.start();
  script.kernel.overrun(3);
  await vi.advanceTimersByTimeAsync(1500);
  script.kernel.silent = true;
  await vi.advanceTimersByTimeAsync(2500);
  script.kernel.overrun(4);
  await vi.advanceTimersByTimeAsync(1500);
  expect(connector.counters()).toMatchObject({ deaf: 1, dropped: 7, lost: 7 });
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

test("Connector whose deafness passed by itself sends IGNORE when closed, and counts the next one", async () => {
  const script = new Script();
  const connector = script.connect();
  connector.start();
  script.exhausted = true;
  for (const times of [1, 2]) {
    script.kernel.silent = true;
    await vi.advanceTimersByTimeAsync(3000);
    expect(connector.counters()).toMatchObject({ deaf: times });
    script.kernel.silent = false;
    await vi.advanceTimersByTimeAsync(2000);
  }
  connector.close();
  expect(script.kernels).toHaveLength(1);
  expect(operationsOf(script.kernel).at(-1)).toBe(2);
  expect(operationsOf(script.bells[0]).at(-1)).toBe(2);
});

test("Connector closed while deaf sends no IGNORE", async () => {
  const script = new Script();
  const connector = script.connect();
  connector.start();
  script.exhausted = true;
  script.kernel.silent = true;
  await vi.advanceTimersByTimeAsync(3000);
  connector.close();
  expect(operationsOf(script.kernel)).not.toContain(2);
  expect(operationsOf(script.bells[0])).not.toContain(2);
  expect(script.bells[0]?.closed).toBe(true);
});

test("Connector gone deaf gives its bell up without IGNORE, and hangs up a new one that it closes with one", async () => {
  const script = new Script();
  const connector = script.connect();
  connector.start();
  script.kernel.silent = true;
  await vi.advanceTimersByTimeAsync(2500);
  const [old, bell] = script.bells;
  expect(script.bells).toHaveLength(2);
  expect(old?.closed).toBe(true);
  expect(operationsOf(old)).toEqual([1]);
  expect(bell?.closed).toBe(false);
  connector.close();
  expect(bell?.closed).toBe(true);
  expect(operationsOf(bell)).toEqual([1, 2]);
  expect(operationsOf(script.kernel).at(-1)).toBe(2);
});
