import { beforeEach, expect, test, vi } from "vitest";
import { FileDescriptor } from "./file-descriptor.ts";
import type { PollCallback } from "./libc.ts";
import { Readiness } from "./readiness.ts";

const EBADF = -9;

/** A poll handle of libuv; after an error it has stopped itself. */
const libuv = vi.hoisted(() => ({ calls: [] as string[], call: (_status: number) => {} }));

vi.mock("./libc.ts", () => ({
  libc: () => ({
    poll: (_fd: number, callback: PollCallback) => {
      libuv.call = (status) => callback(status, {});
      return {
        start: () => libuv.calls.push("start"),
        stop: () => libuv.calls.push("stop"),
        close: () => libuv.calls.push("close"),
        ref: () => {},
        unref: () => {},
      };
    },
  }),
}));

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

beforeEach(() => {
  libuv.calls.length = 0;
});

test("Readiness calls at an error, and starts the handle once that callback is over", async () => {
  const listener = vi.fn();
  const readiness = new Readiness(new FileDescriptor(3), listener);
  libuv.call(EBADF);
  expect(listener).toHaveBeenCalledTimes(1);
  expect(libuv.calls).toEqual([]);
  await turn();
  expect(libuv.calls).toEqual(["start"]);
  expect(readiness.restarts).toBe(1);
});

test("Readiness started again by its listener at an error starts the handle once, and not from inside", async () => {
  const readiness = new Readiness(new FileDescriptor(3), () => {
    readiness.stop();
    readiness.start();
  });
  libuv.call(EBADF);
  expect(libuv.calls).toEqual(["stop"]);
  await turn();
  expect(libuv.calls).toEqual(["stop", "start"]);
});

test("Readiness stopped by its listener at an error stays stopped, and starts at once when asked later", async () => {
  const readiness = new Readiness(new FileDescriptor(3), () => readiness.stop());
  libuv.call(EBADF);
  await turn();
  expect(libuv.calls).toEqual(["stop"]);
  expect(readiness.restarts).toBe(0);
  readiness.start();
  expect(libuv.calls).toEqual(["stop", "start"]);
});

test("Readiness closed by its listener at an error is not started again", async () => {
  const readiness = new Readiness(new FileDescriptor(3), () => readiness.close());
  libuv.call(EBADF);
  await turn();
  expect(libuv.calls).toEqual(["close"]);
});
