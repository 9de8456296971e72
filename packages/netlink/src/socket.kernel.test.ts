// Needs: nothing but Linux with netlink; root for what is clamped without CAP_NET_ADMIN.
import { readFileSync } from "node:fs";
import { asNobody, installed, kernelTest, openDescriptors, root } from "@task-watchers/kernel-test";
import { expect, vi } from "vitest";
import { openNetlinkSocket } from "./socket.ts";

kernelTest(
  "a socket has a port, no drops, and the kernel's own buffer where asked for none",
  [],
  () => {
    const socket = openNetlinkSocket({ protocol: 16, receiveBufferBytes: 0 });
    const ofTheKernel = Number(readFileSync("/proc/sys/net/core/rmem_default", "utf8"));
    expect(socket.portId).toBeGreaterThan(0);
    expect(socket.receiveBufferBytes).toBe(ofTheKernel);
    expect(socket.drops()).toBe(0);
    expect(socket.receive()).toBe(0);
    socket.close();
  },
);

kernelTest("a buffer is as large as asked with CAP_NET_ADMIN, and clamped without", [root], () => {
  const program = `
    import { openNetlinkSocket } from "@task-watchers/netlink";
    const socket = openNetlinkSocket({ protocol: 16, receiveBufferBytes: 64 * 1024 * 1024 });
    console.log(socket.receiveBufferBytes);
    socket.close();
  `;
  const run = `cd '${installed("netlink")}' && exec '${process.execPath}' --input-type=module -e "$0"`;
  const limit = 2 * Number(readFileSync("/proc/sys/net/core/rmem_max", "utf8"));
  const asked = 64 * 1024 * 1024;
  expect(asNobody("sh", ["-c", run, program], ["CAP_NET_ADMIN"]).stdout).toBe(`${asked}\n`);
  expect(asNobody("sh", ["-c", run, program]).stdout).toBe(`${Math.min(limit, asked)}\n`);
});

kernelTest("a buffer larger than the kernel can count is the largest it can", [root], () => {
  for (const receiveBufferBytes of [2 ** 31, 2 ** 32 + 8192, 2 ** 40]) {
    const socket = openNetlinkSocket({ protocol: 16, receiveBufferBytes });
    expect(socket.receiveBufferBytes).toBe(2 ** 31 - 2);
    socket.close();
  }
});

kernelTest("what fails on the way leaves nothing open", [], () => {
  const before = openDescriptors();
  expect(() => openNetlinkSocket({ protocol: 255 })).toThrow(
    expect.objectContaining({ code: "EPROTONOSUPPORT" }),
  );
  expect(() => openNetlinkSocket({ protocol: 16, receiveBufferBytes: -1 })).toThrow(RangeError);
  expect(() => openNetlinkSocket({ protocol: 16, datagramBytes: 12 })).toThrow(RangeError);
  expect(openDescriptors()).toEqual(before);
});

kernelTest("an option and a group the kernel does not have are refused", [], () => {
  const socket = openNetlinkSocket({ protocol: 16, receiveBufferBytes: 0 });
  socket.enable(11); // NETLINK_EXT_ACK
  expect(() => socket.enable(9999)).toThrow(expect.objectContaining({ code: "ENOPROTOOPT" }));
  expect(() => socket.join(0)).toThrow(
    expect.objectContaining({ code: "EINVAL", syscall: "setsockopt" }),
  );
  socket.close();
});

kernelTest("close() may come twice, ends readiness, and leaves nothing open", [], async () => {
  openNetlinkSocket({ protocol: 16 }).close();
  const before = openDescriptors();
  const socket = openNetlinkSocket({ protocol: 16, receiveBufferBytes: 0 });
  const listener = vi.fn();
  const first = socket.onReadable(vi.fn());
  socket.onReadable(listener);
  // The first was closed when the second took its place.
  first.start();
  socket.close();
  socket.close();
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(listener).not.toHaveBeenCalled();
  expect(() => socket.receive()).toThrow(expect.objectContaining({ code: "EBADF" }));
  expect(openDescriptors()).toEqual(before);
});
