// Needs: nothing but Linux with netlink.
import { kernelTest, openDescriptors } from "@task-watchers/kernel-test";
import { expect } from "vitest";
import {
  bindSocket,
  getSocketOption,
  openSocket,
  sendDatagram,
  setSocketOption,
  socketName,
} from "./socket.ts";

const AF_NETLINK = 16;
const SOCK_DGRAM = 2;
const NETLINK_GENERIC = 16;
const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
const SO_TYPE = 3;
const kernelAddress = Uint8Array.of(16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

kernelTest("a bound socket has a port of the kernel's choice", [], () => {
  using fd = openSocket(AF_NETLINK, SOCK_DGRAM, NETLINK_GENERIC);
  bindSocket(fd, kernelAddress);
  const name = new Uint32Array(socketName(fd, 12).buffer);
  expect(name[0]).toBe(AF_NETLINK);
  expect(name[1]).toBeGreaterThan(0);
});

kernelTest("options read back as set; the kernel doubles a buffer", [], () => {
  using fd = openSocket(AF_NETLINK, SOCK_DGRAM, NETLINK_GENERIC);
  expect([...getSocketOption(fd, SOL_SOCKET, SO_TYPE, 1)]).toEqual([SOCK_DGRAM]);
  setSocketOption(fd, SOL_SOCKET, SO_RCVBUF, 65_536);
  expect([...getSocketOption(fd, SOL_SOCKET, SO_RCVBUF, 1)]).toEqual([131_072]);
});

kernelTest("an option gives no more words than the kernel has", [], () => {
  using fd = openSocket(AF_NETLINK, SOCK_DGRAM, NETLINK_GENERIC);
  expect(getSocketOption(fd, SOL_SOCKET, SO_TYPE, 9)).toHaveLength(1);
});

kernelTest(
  "what the kernel refuses has the code of the man page and leaves nothing open",
  [],
  () => {
    const before = openDescriptors();
    expect(() => openSocket(255, SOCK_DGRAM, 0)).toThrow(
      expect.objectContaining({ syscall: "socket", code: "EAFNOSUPPORT", errno: -97 }),
    );
    expect(() => openSocket(AF_NETLINK, SOCK_DGRAM, 255)).toThrow(
      expect.objectContaining({ syscall: "socket", code: "EPROTONOSUPPORT" }),
    );
    {
      using fd = openSocket(AF_NETLINK, SOCK_DGRAM, NETLINK_GENERIC);
      expect(() => bindSocket(fd, new Uint8Array(12), "hint")).toThrow(
        expect.objectContaining({ syscall: "bind", code: "EINVAL" }),
      );
      expect(() => setSocketOption(fd, 270, 9999, 1)).toThrow(
        expect.objectContaining({ syscall: "setsockopt", code: "ENOPROTOOPT" }),
      );
      expect(() => getSocketOption(fd, 270, 9999, 1)).toThrow(
        expect.objectContaining({ syscall: "getsockopt", code: "ENOPROTOOPT" }),
      );
      // Nobody has this port.
      const stranger = kernelAddress.slice();
      new Uint32Array(stranger.buffer)[1] = 0x7fff_fff0;
      expect(() => sendDatagram(fd, new Uint8Array(16), stranger, "hint")).toThrow(
        expect.objectContaining({ syscall: "sendto", hint: "hint" }),
      );
    }
    expect(openDescriptors()).toEqual(before);
  },
);

kernelTest("nothing can be done with a closed socket", [], () => {
  const fd = openSocket(AF_NETLINK, SOCK_DGRAM, NETLINK_GENERIC);
  fd.close();
  expect(() => socketName(fd, 12)).toThrow(expect.objectContaining({ code: "EBADF" }));
});
