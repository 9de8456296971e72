import { procEventFrame } from "@task-watchers/kernel-test";
import { type ScriptedKernel, scriptedKernel } from "@task-watchers/netlink/testing";
import { expect, test } from "vitest";
import { ConnectorSocket, type Tally } from "./connector-socket.ts";
import { drainSockets } from "./drain.ts";

const SELF = 1000;

/** What a kernel does that is asked to listen. */
interface Manners {
  /** Acknowledgements, given the number that ours would have. */
  readonly acknowledge?: (ours: number) => Uint8Array[];
  /** Whose COMM event comes when this process touches its own. */
  readonly comm?: number;
  readonly mask?: number;
}

interface Opened {
  readonly socket: ConnectorSocket;
  readonly drain: () => number;
  readonly kernel: ScriptedKernel;
  readonly tally: Tally;
  readonly events: number[][];
}

function acknowledgement(ack: number, error: number): Uint8Array {
  return procEventFrame({ what: 0, data: [error], ack });
}

/** A socket whose kernel sends everything, whatever the mask. */
function open(manners: Manners = {}): Opened {
  const { acknowledge = (ours) => [acknowledgement(ours, 0)], comm = SELF, mask } = manners;
  const kernel = scriptedKernel(
    (request) =>
      request.length === 40 ? acknowledge((new Uint32Array(request.buffer)[7] ?? 0) + 1) : [],
    { datagramBytes: 128 },
  );
  const tally: Tally = { received: 0, spoofed: 0, malformed: 0, overruns: 0, receiveErrors: 0 };
  const events: number[][] = [];
  const socket = new ConnectorSocket(
    {
      open: () => kernel,
      touch: () => kernel.push(procEventFrame({ what: 0x200, data: [comm, comm] })),
      mask,
      tgid: SELF,
    },
    tally,
    (what, pid, tgid) => events.push([what, pid, tgid]),
  );
  return {
    socket,
    drain: () => drainSockets(socket, undefined, () => true),
    kernel,
    tally,
    events,
  };
}

/** The first bytes of an event, with the length in its header to match. */
function cutTo(length: number, what: number, data: number[]): Uint8Array {
  const bytes = procEventFrame({ what, data }).subarray(0, length);
  bytes[0] = length;
  return bytes;
}

test("ConnectorSocket takes an event that ends before its two ids for none, and no older bytes for its ids", () => {
  const { drain, kernel, tally, events } = open();
  kernel.push(procEventFrame({ what: 2, data: [8, 8] }));
  drain();
  kernel.push(cutTo(36, 2, []));
  drain();
  kernel.push(cutTo(59, 2, [9, 9]));
  drain();
  kernel.push(cutTo(60, 2, [10, 10]));
  drain();
  expect(events).toEqual([
    [2, 8, 8],
    [2, 10, 10],
  ]);
  expect(tally).toMatchObject({ malformed: 2 });
});

test("ConnectorSocket does not take another listener's acknowledgement for its own", () => {
  const acknowledge = (ours: number): Uint8Array[] => [acknowledgement(ours - 1, 0)];
  expect(() => open({ acknowledge })).toThrow(expect.objectContaining({ code: "ENOACK" }));
});

test("ConnectorSocket is not refused by what another listener was answered", () => {
  const acknowledge = (ours: number): Uint8Array[] => [
    acknowledgement(ours + 1, 1), // EPERM
    acknowledgement(ours, 0),
    acknowledgement(ours + 2, 1),
  ];
  expect(() => open({ acknowledge })).not.toThrow();
});

test("ConnectorSocket takes only its own process's COMM event for a sign that the mask is ignored", () => {
  expect(open({ mask: 0x80000047 }).socket.masked).toBe(false);
  expect(open({ mask: 0x80000047, comm: SELF + 1 }).socket.masked).toBe(true);
});

test("ConnectorSocket takes only its own process's COMM event for a sign of life", () => {
  expect(open().socket.isHearing()).toBe(true);
  expect(open({ comm: SELF + 1 }).socket.isHearing()).toBe(false);
});

test("ConnectorSocket that wants COMM events tells by another kind whether the mask is honoured", () => {
  const masks: number[] = [];
  const kernel: ScriptedKernel = scriptedKernel(
    (request) => {
      const words = new Uint32Array(request.buffer);
      if (request.length === 44) masks.push(words[10] ?? 0);
      return request.length === 40 ? [acknowledgement((words[7] ?? 0) + 1, 0)] : [];
    },
    { datagramBytes: 128 },
  );
  const socket = new ConnectorSocket(
    {
      open: () => kernel,
      touch: () => {
        if (((masks.at(-1) ?? 0) & 0x200) !== 0) throw new Error("the sign would be let through");
      },
      mask: 0x200,
      tgid: SELF,
    },
    { received: 0, spoofed: 0, malformed: 0, overruns: 0, receiveErrors: 0 },
    () => {},
  );
  expect(socket.masked).toBe(true);
  expect(masks).toEqual([0x80000000, 0x200]);
});
