import { procEventFrame } from "@task-watchers/kernel-test";
import { type ScriptedKernel, scriptedKernel } from "@task-watchers/netlink/testing";
import { expect, test } from "vitest";
import { ConnectorSocket } from "./connector-socket.ts";
import { drainSockets } from "./drain.ts";
import { TURN_EVENTS } from "./pace.ts";

const FORK = 0x1;
const EXEC = 0x2;
const COMM = 0x200;

interface Side {
  readonly kernel: ScriptedKernel;
  readonly socket: ConnectorSocket;
}

/** A socket whose kernel is a script; what it tells goes into `told`. */
function side(told: string[], onTell: () => void = () => {}): Side {
  const kernel = scriptedKernel(
    (request) => {
      const ack = (new Uint32Array(request.buffer)[7] ?? 0) + 1;
      return request.length === 40 ? [procEventFrame({ what: 0, data: [0], ack })] : [];
    },
    { datagramBytes: 128 },
  );
  const socket = new ConnectorSocket(
    { open: () => kernel, touch: () => {}, tgid: 1000 },
    { received: 0, spoofed: 0, malformed: 0, overruns: 0, receiveErrors: 0 },
    (what, pid, _tgid, _first, _second, timeNs) => {
      told.push(`${what}:${pid}@${timeNs}`);
      onTell();
    },
  );
  return { kernel, socket };
}

function push({ kernel }: Side, what: number, pid: number, timeNs: bigint): void {
  kernel.push(
    procEventFrame({ what, data: what === FORK ? [1, 1, pid, pid] : [pid, pid], timeNs }),
  );
}

const goesOn = (): boolean => true;

test("drainSockets() tells notices among lives by time, and lives first at the same time", () => {
  const told: string[] = [];
  const [life, notices] = [side(told), side(told)];
  push(life, FORK, 7, 10n);
  push(life, EXEC, 7, 20n);
  push(notices, COMM, 7, 10n);
  push(notices, COMM, 7, 15n);
  push(notices, COMM, 7, 30n);
  expect(drainSockets(life.socket, notices.socket, goesOn)).toBe(5);
  expect(told).toEqual(["1:7@10", "512:7@10", "512:7@15", "2:7@20", "512:7@30"]);
});

test("drainSockets() keeps a notice back until the fork of its task is told", () => {
  const told: string[] = [];
  const [life, notices] = [side(told), side(told)];
  const receive = notices.kernel.receive.bind(notices.kernel);
  let first = true;
  notices.kernel.receive = () => {
    // Both happen after the lives were read and before the notices are.
    if (first) {
      push(life, FORK, 7, 10n);
      push(notices, COMM, 7, 20n);
    }
    first = false;
    return receive();
  };
  drainSockets(life.socket, notices.socket, goesOn);
  expect(told).toEqual(["1:7@10", "512:7@20"]);
});

test("drainSockets() tells all there is, however much of either", () => {
  const told: string[] = [];
  const [life, notices] = [side(told), side(told)];
  for (let n = 0; n < 1000; n++) push(life, EXEC, 7, BigInt(n * 2));
  for (let n = 0; n < 700; n++) push(notices, COMM, 7, BigInt(n * 3));
  expect(drainSockets(life.socket, notices.socket, goesOn)).toBe(1700);
  const times = told.map((line) => Number(line.split("@")[1]));
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

test("drainSockets() ends a turn and keeps the rest, in order", () => {
  const told: string[] = [];
  const life = side(told);
  for (let n = 0; n < 5000; n++) push(life, EXEC, 8, BigInt(n));
  expect(drainSockets(life.socket, undefined, goesOn)).toBe(TURN_EVENTS);
  expect(life.socket.queued).toBe(5000 - TURN_EVENTS);
  expect(life.kernel.queued).toBe(0);
  expect(drainSockets(life.socket, undefined, goesOn)).toBe(5000 - TURN_EVENTS);
  expect(told).toEqual(Array.from({ length: 5000 }, (_, n) => `2:8@${n}`));
});

test("drainSockets() stops at the event whose listener ends it", () => {
  const told: string[] = [];
  const life = side(told);
  for (let n = 0; n < 10; n++) push(life, EXEC, 8, BigInt(n));
  expect(drainSockets(life.socket, undefined, () => told.length < 3)).toBe(3);
  expect(told).toHaveLength(3);
});
