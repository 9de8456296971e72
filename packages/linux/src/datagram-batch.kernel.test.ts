// Needs: nothing but Linux with netlink.
import { kernelTest } from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { DatagramBatch } from "./datagram-batch.ts";
import type { FileDescriptor } from "./file-descriptor.ts";
import { bindSocket, openSocket, sendDatagram, socketName } from "./socket.ts";

const AF_NETLINK = 16;
const SOCK_DGRAM = 2;
/** The one protocol on which any user may send to any other. */
const NETLINK_USERSOCK = 2;
const NETLINK_GENERIC = 16;

function bound(protocol: number): FileDescriptor {
  const fd = openSocket(AF_NETLINK, SOCK_DGRAM, protocol);
  bindSocket(fd, address(0));
  return fd;
}

function address(port: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(AF_NETLINK, port, 0).buffer);
}

const portOf = (fd: FileDescriptor): number => new Uint32Array(socketName(fd, 12).buffer)[1] ?? 0;

/** CTRL_CMD_GETFAMILY for "nlctrl": the kernel answers at once. */
const question = Uint8Array.from(
  [
    [32, 0, 0, 0], // length
    [16, 0], // type: the controller
    [1, 0], // flags: request
    [7, 0, 0, 0], // sequence
    [0, 0, 0, 0], // port
    [3, 1, 0, 0], // CTRL_CMD_GETFAMILY, version, reserved
    [11, 0, 2, 0], // CTRL_ATTR_FAMILY_NAME
    [0x6e, 0x6c, 0x63, 0x74, 0x72, 0x6c, 0, 0], // "nlctrl", padding
  ].flat(),
);

kernelTest("receives nothing from an empty queue, without waiting", [], () => {
  using fd = bound(NETLINK_GENERIC);
  expect(new DatagramBatch({ count: 4 }).receive(fd)).toBe(0);
});

kernelTest("receives the kernel's answer, which comes from port 0", [], () => {
  using fd = bound(NETLINK_GENERIC);
  const batch = new DatagramBatch({ count: 4, size: 8192 });
  sendDatagram(fd, question, address(0));
  expect(batch.receive(fd)).toBe(1);
  expect(batch.senderPort(0)).toBe(0);
  expect(batch.truncated(0)).toBe(false);
  const length = batch.length(0);
  expect(batch.words[0]).toBe(length);
  expect(batch.words[2]).toBe(7);
  expect(batch.datagram(0)).toEqual(batch.bytes.subarray(0, length));
});

kernelTest("receives what another process sent, with its port, in order, in its slot", [], () => {
  using from = bound(NETLINK_USERSOCK);
  using to = bound(NETLINK_USERSOCK);
  const batch = new DatagramBatch({ count: 2, size: 16 });
  for (let i = 0; i < 5; i++) sendDatagram(from, Uint8Array.of(i, i, i), address(portOf(to)));
  const received: number[][] = [];
  for (let n = batch.receive(to); n > 0; n = batch.receive(to)) {
    received.push(Array.from({ length: n }, (_, i) => batch.datagram(i)[0] ?? -1));
    for (let i = 0; i < n; i++) {
      expect([batch.senderPort(i), batch.length(i)]).toEqual([portOf(from), 3]);
      expect(batch.bytes[i * 16]).toBe(batch.datagram(i)[0]);
    }
  }
  expect(received).toEqual([[0, 1], [2, 3], [4]]);
});

kernelTest("marks what was longer than its slot, and only that", [], () => {
  using from = bound(NETLINK_USERSOCK);
  using to = bound(NETLINK_USERSOCK);
  const batch = new DatagramBatch({ count: 3, size: 8 });
  for (const length of [8, 9, 7]) {
    sendDatagram(from, new Uint8Array(length).fill(length), address(portOf(to)));
  }
  expect(batch.receive(to)).toBe(3);
  expect([0, 1, 2].map((i) => batch.truncated(i))).toEqual([false, true, false]);
  expect([0, 1, 2].map((i) => batch.length(i))).toEqual([8, 8, 7]);
  expect([...batch.datagram(1)]).toEqual(Array.from({ length: 8 }, () => 9));
  // The mark goes with the datagram, not with the slot.
  for (let i = 0; i < 3; i++) sendDatagram(from, Uint8Array.of(1), address(portOf(to)));
  expect(batch.receive(to)).toBe(3);
  expect(batch.truncated(1)).toBe(false);
});

kernelTest("two batches take from one socket, each into its own memory", [], () => {
  using from = bound(NETLINK_USERSOCK);
  using to = bound(NETLINK_USERSOCK);
  const [first, second] = [1, 2].map(() => new DatagramBatch({ count: 1, size: 8 }));
  for (const byte of [1, 2]) sendDatagram(from, Uint8Array.of(byte), address(portOf(to)));
  expect([first?.receive(to), second?.receive(to)]).toEqual([1, 1]);
  expect([first?.bytes[0], second?.bytes[0]]).toEqual([1, 2]);
});

kernelTest(
  "survives the collection of garbage: its memory stays where the kernel writes",
  [],
  () => {
    using from = bound(NETLINK_USERSOCK);
    using to = bound(NETLINK_USERSOCK);
    const batch = new DatagramBatch({ count: 8, size: 64 });
    for (let round = 0; round < 50; round++) {
      // Enough garbage for several scavenges and a compaction.
      const garbage = Array.from({ length: 200 }, () => new Uint8Array(20_000).fill(round));
      sendDatagram(from, Uint8Array.of(round, garbage.length), address(portOf(to)));
      expect(batch.receive(to)).toBe(1);
      expect([...batch.datagram(0)]).toEqual([round, 200]);
    }
  },
);

kernelTest("passes on that a socket is closed", [], () => {
  const fd = bound(NETLINK_GENERIC);
  fd.close();
  expect(() => new DatagramBatch({ count: 1 }).receive(fd)).toThrow(
    expect.objectContaining({ code: "EBADF" }),
  );
});

kernelTest("refuses sizes that no memory can be laid out for", [], () => {
  for (const options of [{ count: 0 }, { count: 1.5 }, { size: 12 }, { size: -8 }, { size: NaN }]) {
    expect(() => new DatagramBatch(options)).toThrow(RangeError);
  }
  const batch = new DatagramBatch({ count: 1, size: 8 });
  expect(() => batch.length(9)).toThrow(RangeError);
});
