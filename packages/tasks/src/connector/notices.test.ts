import { procEventFrame } from "@task-watchers/kernel-test";
import { SyscallError } from "@task-watchers/linux";
import { type ScriptedKernel, scriptedKernel } from "@task-watchers/netlink/testing";
import { expect, test } from "vitest";
import type { Loss } from "./loss.ts";
import { Notices } from "./notices.ts";

interface Opened {
  readonly notices: Notices;
  readonly kernels: ScriptedKernel[];
  /** Masks the kernel was asked for. */
  readonly masks: number[];
  readonly losses: Loss[];
  readonly calls: { readable: number };
  exhausted: boolean;
}

function opened(): Opened {
  const all: Omit<Opened, "notices"> = {
    kernels: [],
    masks: [],
    losses: [],
    calls: { readable: 0 },
    exhausted: false,
  };
  const open = (): ScriptedKernel => {
    if (result.exhausted) throw new SyscallError("socket", 24);
    const kernel = scriptedKernel(
      (request) => {
        const words = new Uint32Array(request.buffer);
        if (request.length === 44) all.masks.push(words[10] ?? 0);
        const ack = (words[7] ?? 0) + 1;
        return request.length === 40 ? [procEventFrame({ what: 0, data: [0], ack })] : [];
      },
      { datagramBytes: 128 },
    );
    all.kernels.push(kernel);
    return kernel;
  };
  const notices = new Notices({
    socket: { open, touch: () => {}, tgid: 1000 },
    tally: { received: 0, spoofed: 0, malformed: 0, overruns: 0, receiveErrors: 0 },
    listener: () => {},
    readable: () => all.calls.readable++,
    lost: (loss) => all.losses.push(loss),
    now: () => 5n,
  });
  const result: Opened = Object.assign(all, { notices });
  return result;
}

test("Notices opens a socket when the first is wanted, changes its mask, and closes it with the last", () => {
  const { notices, kernels, masks } = opened();
  expect(notices.socket).toBeUndefined();
  notices.want(0x80);
  notices.want(0x180);
  expect(kernels).toHaveLength(1);
  expect(masks).toEqual([0x80, 0x180]);
  notices.want(0);
  expect(notices.socket).toBeUndefined();
  expect(notices.broken).toBe(false);
});

test("Notices tells what its queue had no room for, also after it was closed", () => {
  const { notices, kernels, losses } = opened();
  notices.want(0x80);
  kernels[0]?.overrun(3);
  notices.socket?.receive();
  notices.settled();
  expect(losses).toEqual([
    { reason: "overrun", notices: true, count: 3, sinceNs: 5n, untilNs: 5n },
  ]);
  notices.want(0);
  notices.want(0x80);
  expect(notices.lost).toBe(3);
});

test("Notices is as it was when there is no socket to be had", () => {
  const all = opened();
  all.exhausted = true;
  expect(() => all.notices.want(0x80)).toThrow(expect.objectContaining({ code: "EMFILE" }));
  expect(all.notices.broken).toBe(false);
});

test("Notices tries again after the kernel has forgotten its listeners", () => {
  const all = opened();
  all.notices.want(0x80);
  all.exhausted = true;
  all.notices.reopen();
  expect(all.notices.broken).toBe(true);
  all.exhausted = false;
  all.notices.reopen();
  expect(all.notices.broken).toBe(false);
  expect(all.notices.socket).toBeDefined();
});
