import { monotonicNs } from "@task-watchers/linux";
import { acknowledge, scriptedKernel } from "@task-watchers/netlink/testing";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import { exitMessage, FAMILY, requestText, scripted, wantsAck } from "./exit-messages.fixture.ts";
import { ExitSockets } from "./exit-listener.ts";
import { statsBytes } from "./stats-bytes.fixture.ts";

describe("ExitSockets", () => {
  test("clears the port of all CPUs, then registers each socket for one", async () => {
    const { listener, kernels } = scripted();
    expect(kernels.map(({ sent }) => sent.map(requestText))).toEqual([
      ["deregister 0-1", "register 0"],
      ["deregister 0-1", "register 1"],
    ]);
    await listener.close();
    await listener.close();
    expect(kernels.map(({ sent }) => sent.slice(2).map(requestText))).toEqual([
      ["deregister 0"],
      ["deregister 1"],
    ]);
    expect(kernels.every(({ closed }) => closed)).toBe(true);
    expect(listener.closed).toBe(true);
  });

  test("ends the list of CPUs with a NUL, without which the kernel drops its last character", () => {
    const { kernels } = scripted();
    const request = kernels[1]?.sent[1] ?? new Uint8Array(0);
    expect([...request.subarray(20)]).toEqual([6, 0, 3, 0, 0x31, 0, 0, 0]);
  });

  test("gives back what it has when one socket is refused", () => {
    const opened = [0, 1].map((i) =>
      scriptedKernel((request) =>
        wantsAck(request) ? [acknowledge(request, i === 1 ? -22 : 0)] : [],
      ),
    );
    const left = [...opened];
    const open = () => left.shift() ?? scriptedKernel();
    const surroundings = { open, family: FAMILY, possible: "0-1", cpus: [0, 1] };
    expect(() => new ExitSockets(surroundings, { onRecord: () => {}, onLost: () => {} })).toThrow(
      /EINVAL/u,
    );
    expect(opened.map(({ closed }) => closed)).toEqual([true, true]);
    expect(opened[0]?.sent.map(requestText).at(-1)).toBe("deregister 0");
  });

  test("asks again when the acknowledgement found the queue full, and counts it as no record", async () => {
    let refused = false;
    const told: unknown[] = [];
    const kernel = scriptedKernel((request, kernel) => {
      if (!wantsAck(request)) return [];
      if (requestText(request).startsWith("deregister") || refused) return [acknowledge(request)];
      refused = true;
      kernel.overrun(1);
      return [];
    });
    const listener = new ExitSockets(
      { open: () => kernel, family: FAMILY, possible: "0", cpus: [0] },
      { onRecord: () => {}, onLost: (loss) => told.push(loss) },
    );
    await listener.close();
    expect(told).toEqual([]);
    expect(listener.counters).toMatchObject({ lost: 0, overruns: 1 });
  });

  test("tells records as they come, with their CPU", async () => {
    const { listener, kernels, told } = scripted();
    kernels[1]?.push(exitMessage(7));
    kernels[0]?.push(exitMessage(1));
    await vi.waitFor(() => expect(told).toHaveLength(2));
    expect(told).toMatchObject([
      { cpu: 0, isLast: false, task: { pid: 128 } },
      { cpu: 1, task: { comm: "a-name" } },
    ]);
    // And those that come while reading is put off.
    kernels[0]?.push(exitMessage(2));
    await vi.waitFor(() => expect(told).toHaveLength(3));
    await wait(30);
    kernels[0]?.push(exitMessage(3));
    await vi.waitFor(() => expect(told).toHaveLength(4));
    await listener.close();
  });

  test("reads the group's half by the version of the task's, where it has none", async () => {
    const { listener, kernels, told } = scripted();
    kernels[0]?.push(exitMessage(1, { group: statsBytes({ version: 0, size: 560 }) }));
    await listener.close();
    expect(told).toMatchObject([
      { isLast: true, group: { version: 16, delays: { irq: { minNs: 552n } } } },
    ]);
  });

  test("tells a loss in its place, and once", async () => {
    const { listener, kernels, told } = scripted();
    const [kernel] = kernels;
    kernel?.push(exitMessage(10));
    kernel?.overrun(3);
    listener.drain();
    kernel?.push(exitMessage(14));
    kernel?.push(exitMessage(16));
    await listener.close();
    expect(told.map((one) => ("task" in one ? "record" : one.count))).toEqual([
      "record",
      3,
      "record",
      1,
      "record",
    ]);
    expect(listener.counters).toMatchObject({ records: 3, lost: 4, overruns: 1 });
  });

  test("tells at the close what was lost behind the last record", async () => {
    const { listener, kernels, told } = scripted();
    kernels[1]?.push(exitMessage(10));
    kernels[1]?.overrun(5);
    await listener.close();
    expect(told).toMatchObject([{ cpu: 1 }, { reason: "overrun", count: 5, cpu: 1 }]);
  });

  test("drops and counts what others send, what is broken, and what was not asked for", async () => {
    const { listener, kernels, told } = scripted();
    const [kernel] = kernels;
    kernel?.push(exitMessage(1), 4711);
    kernel?.push(exitMessage(1).subarray(0, 300));
    const strange = exitMessage(1);
    strange[4] = 99; // type: another family
    kernel?.push(strange);
    const answer = exitMessage(1);
    answer[12] = 1; // port: an answer to somebody
    kernel?.push(answer);
    kernel?.push(exitMessage(1));
    await listener.close();
    expect(told).toHaveLength(1);
    expect(listener.counters).toEqual({
      records: 1,
      lost: 0,
      spoofed: 1,
      unasked: 2,
      malformed: 1,
      overruns: 0,
    });
  });

  test("goes on when a handler throws, and the error is an uncaught one", async () => {
    const nextTick = vi.spyOn(process, "nextTick").mockImplementation(() => {});
    const { listener, kernels, told } = scripted(() => {
      throw new Error("by the handler");
    });
    kernels[0]?.push(exitMessage(1));
    kernels[0]?.push(exitMessage(2));
    listener.drain();
    expect(told).toHaveLength(2);
    const later = nextTick.mock.calls.map(([body]) => body);
    nextTick.mockRestore();
    const uncaught = later.flatMap((body) => {
      try {
        body();
        return [];
      } catch (error) {
        return [error];
      }
    });
    expect(uncaught).toEqual([new Error("by the handler"), new Error("by the handler")]);
    await listener.close();
  });

  test("may be closed by a handler: what is queued is told, nothing comes after", async () => {
    const { listener, kernels, told } = scripted(() => void listener.close());
    kernels[0]?.push(exitMessage(1));
    kernels[0]?.push(exitMessage(2));
    kernels[1]?.push(exitMessage(1));
    listener.drain();
    expect(listener.closed).toBe(true);
    expect(told).toHaveLength(3);
    expect(kernels.every(({ closed }) => closed)).toBe(true);
  });

  test("keeps the process alive unless told not to", async () => {
    const { listener, kernels } = scripted();
    expect(kernels.map(({ referenced }) => referenced)).toEqual([true, true]);
    listener.unref();
    expect(kernels.map(({ referenced }) => referenced)).toEqual([false, false]);
    listener.ref();
    expect(kernels.map(({ referenced }) => referenced)).toEqual([true, true]);
    await listener.close();
  });

  test("drain() reads a queue that is longer than its share of a turn", async () => {
    const { listener, kernels, told } = scripted();
    for (let sequence = 1; sequence <= 4000; sequence++) kernels[1]?.push(exitMessage(sequence));
    listener.drain();
    expect(told).toHaveLength(4000);
    await listener.close();
  });

  test("says of each record between which times it was made", async () => {
    const { listener, kernels, told } = scripted();
    listener.drain();
    const betweenNs = monotonicNs();
    kernels[0]?.push(exitMessage(1));
    listener.drain();
    const [record] = told;
    if (record === undefined || !("task" in record)) throw new Error("no record");
    expect(record.emptyNs).toBeLessThan(betweenNs);
    expect(record.readNs).toBeGreaterThan(betweenNs);
    await listener.close();
  });

  test("needs one hook at the process's end, however many listeners there are", async () => {
    const before = process.listenerCount("exit");
    const all = Array.from({ length: 12 }, () => scripted().listener);
    expect(process.listenerCount("exit")).toBeLessThanOrEqual(before + 1);
    for (const listener of all) await listener.close();
    expect(process.listenerCount("exit")).toBe(before);
  });
});
