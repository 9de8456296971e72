// Needs: Linux 6.6 for process events without privilege (CAP_NET_ADMIN before), the initial namespaces, sh, mkfifo.
import { spawn, spawnSync } from "node:child_process";
import { constants, openSync, readSync, unlinkSync, writeSync } from "node:fs";
import { initialNamespaces, installed, kernel, kernelTest } from "@task-watchers/kernel-test";
import { expect, vi } from "vitest";
import { DatagramBatch } from "./datagram-batch.ts";
import { FileDescriptor } from "./file-descriptor.ts";
import { pidfdOpen } from "./pidfd.ts";
import { Readiness } from "./readiness.ts";
import { bindSocket, openSocket, sendDatagram, setSocketOption } from "./socket.ts";

/** Both ends of a pipe as one descriptor, which never reaches its end. */
function pipe(): FileDescriptor {
  const path = `/tmp/task-watchers-readiness-${process.pid}`;
  spawnSync("mkfifo", [path]);
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  unlinkSync(path);
  return new FileDescriptor(fd);
}

const write = (fd: FileDescriptor): number => writeSync(fd.number, "x");
const read = (fd: FileDescriptor): number => readSync(fd.number, new Uint8Array(1));
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

kernelTest("calls while something is there to read, and not before", [], async () => {
  using fd = pipe();
  const listener = vi.fn(() => void read(fd));
  using readiness = new Readiness(fd, listener);
  await turn();
  expect(listener).toHaveBeenCalledTimes(0);
  write(fd);
  write(fd);
  expect(listener).toHaveBeenCalledTimes(0);
  await turn();
  // Level-triggered: the second byte is a second reason.
  expect(listener).toHaveBeenCalledTimes(2);
  expect(readiness.started).toBe(true);
});

kernelTest("stops and starts, also from inside the listener", [], async () => {
  using fd = pipe();
  const listener = vi.fn(() => {
    read(fd);
    readiness.stop();
    readiness.start();
    if (listener.mock.calls.length === 2) readiness.stop();
  });
  using readiness = new Readiness(fd, listener);
  write(fd);
  await turn();
  write(fd);
  await turn();
  write(fd);
  await turn();
  expect(listener).toHaveBeenCalledTimes(2);
  expect(readiness.started).toBe(false);
  readiness.start();
  await turn();
  expect(listener).toHaveBeenCalledTimes(3);
});

kernelTest(
  "is silent after close, which may come twice and from inside the listener",
  [],
  async () => {
    using fd = pipe();
    const listener = vi.fn(() => {
      readiness.close();
      readiness.close();
    });
    const readiness = new Readiness(fd, listener);
    write(fd);
    await turn();
    readiness.start();
    readiness.stop();
    readiness.ref();
    readiness.unref();
    await turn();
    expect(listener).toHaveBeenCalledTimes(1);
  },
);

kernelTest("calls when a process ends, by its pidfd", [kernel("5.3")], async () => {
  const child = spawn("sleep", ["60"], { stdio: "ignore" });
  using fd = pidfdOpen(child.pid ?? 0);
  const listener = vi.fn(() => readiness.stop());
  using readiness = new Readiness(fd, listener);
  await turn();
  expect(listener).toHaveBeenCalledTimes(0);
  child.kill();
  await until(() => listener.mock.calls.length > 0);
});

/** A socket that hears of every fork and exit, with the smallest queue. */
function eventSocket(): FileDescriptor {
  const fd = openSocket(16, 2, 11); // AF_NETLINK, SOCK_DGRAM, NETLINK_CONNECTOR
  setSocketOption(fd, 1, 8, 2048); // SOL_SOCKET, SO_RCVBUF
  bindSocket(fd, new Uint8Array(Uint32Array.of(16, 0, 1).buffer));
  return fd;
}

/** PROC_CN_MCAST_LISTEN (1) or PROC_CN_MCAST_IGNORE (2): nlmsghdr, cn_msg, operation. */
function operate(fd: FileDescriptor, operation: number): void {
  const message = Uint32Array.of(40, 3, 0, 0, 1, 1, 0, 0, 4, operation);
  sendDatagram(
    fd,
    new Uint8Array(message.buffer),
    Uint8Array.of(16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
  );
}

/** Reads to empty; an overrun is an error once, before what is queued. */
function drain(fd: FileDescriptor, batch: DatagramBatch): { events: number; overruns: number } {
  let [events, overruns] = [0, 0];
  for (;;) {
    try {
      const received = batch.receive(fd);
      if (received === 0) return { events, overruns };
      events += received;
    } catch (error) {
      expect(error).toMatchObject({ code: "ENOBUFS", syscall: "recvmmsg" });
      overruns++;
    }
  }
}

const storm = (): void => {
  spawnSync("sh", ["-c", "i=0; while [ $i -lt 300 ]; do (:); i=$((i+1)); done"]);
};

kernelTest(
  "an overrun stops libuv's handle, yet the listener is called for it and after it",
  [kernel("6.6"), initialNamespaces],
  async () => {
    using fd = eventSocket();
    const batch = new DatagramBatch();
    const seen = { events: 0, overruns: 0 };
    using readiness = new Readiness(fd, () => {
      const { events, overruns } = drain(fd, batch);
      seen.events += events;
      seen.overruns += overruns;
    });
    operate(fd, 1);
    try {
      for (let round = 1; round <= 3; round++) {
        storm();
        await until(() => seen.overruns >= round);
        const before = seen.events;
        await turn();
        spawnSync("true");
        await until(() => seen.events > before);
      }
      expect(readiness.restarts).toBeGreaterThanOrEqual(3);
    } finally {
      operate(fd, 2);
    }
  },
);

kernelTest(
  "a listener that stops during an overrun stays stopped until it is started",
  [kernel("6.6"), initialNamespaces],
  async () => {
    using fd = eventSocket();
    const batch = new DatagramBatch();
    const listener = vi.fn(() => {
      drain(fd, batch);
      readiness.stop();
    });
    using readiness = new Readiness(fd, listener);
    operate(fd, 1);
    try {
      storm();
      await until(() => listener.mock.calls.length > 0);
      await turn();
      spawnSync("true");
      await turn();
      expect(listener).toHaveBeenCalledTimes(1);
      readiness.start();
      await until(() => listener.mock.calls.length > 1);
    } finally {
      operate(fd, 2);
    }
  },
);

/** Runs a program with a readiness on a pipe that never becomes readable by itself. */
function child(body: string): { status: number | null; signal: string | null; stderr: string } {
  const program = `
    import { FileDescriptor, Readiness } from "@task-watchers/linux";
    import { execFileSync } from "node:child_process";
    import { constants, openSync, readSync, unlinkSync, writeSync } from "node:fs";
    const path = "/tmp/task-watchers-readiness-child-" + process.pid;
    execFileSync("mkfifo", [path]);
    const fd = new FileDescriptor(openSync(path, constants.O_RDWR | constants.O_NONBLOCK));
    unlinkSync(path);
    let listener = () => {};
    const readiness = new Readiness(fd, () => listener());
    ${body}
  `;
  const options = { cwd: installed("linux"), encoding: "utf8", timeout: 2000 } as const;
  return spawnSync(process.execPath, ["--input-type=module", "-e", program], options);
}

kernelTest("keeps the process alive while started, and lets it end otherwise", [], () => {
  expect(child("readiness.unref();")).toMatchObject({ status: 0, stderr: "" });
  expect(child("readiness.stop();")).toMatchObject({ status: 0, stderr: "" });
  expect(child("readiness.close(); fd.close();")).toMatchObject({ status: 0, stderr: "" });
  expect(child("setTimeout(() => readiness.unref(), 50);")).toMatchObject({ status: 0 });
  expect(child("")).toMatchObject({ status: null, signal: "SIGTERM" });
});

kernelTest("is closed when the process exits, with something still to be read", [], () => {
  // Without that, Node.js would call back while it takes JavaScript down.
  const exit = "readiness.unref(); writeSync(fd.number, 'x'.repeat(1000));";
  for (let n = 0; n < 5; n++) expect(child(exit)).toMatchObject({ status: 0, stderr: "" });
  expect(child(`${exit} process.exit(3);`)).toMatchObject({ status: 3, stderr: "" });
});

kernelTest(
  "an exception in the listener is an uncaught one, and calls go on where it is handled",
  [],
  () => {
    const mistake = `
    listener = () => { readSync(fd.number, Buffer.alloc(1)); throw new Error("a mistake"); };
    writeSync(fd.number, "x");
  `;
    expect(child(mistake)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("Error: a mistake"),
    });
    const handled = `
    let caught = 0;
    process.on("uncaughtException", () => {
      if (++caught === 3) process.exit(33);
      writeSync(fd.number, "x");
    });
    ${mistake}
  `;
    expect(child(handled)).toMatchObject({ status: 33, stderr: "" });
  },
);

kernelTest("who waits for a call goes on behind it, though nothing else happens", [], () => {
  const promise = `
    new Promise((resolve) => { listener = () => { readSync(fd.number, Buffer.alloc(1)); resolve(); }; })
      .then(() => process.exit(7));
    writeSync(fd.number, "x");
  `;
  expect(child(promise)).toMatchObject({ status: 7, stderr: "" });
});
