// Needs of the kernel: the process events connector (any user since Linux 6.6); namespaces and a forged datagram as root.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { TaskWatchers } from "@task-watchers/chain";
import {
  asNobody,
  capability,
  initialNamespaces,
  installed,
  kernel,
  kernelTest,
  openDescriptors,
  procEventFrame,
  root,
} from "@task-watchers/kernel-test";
import { openSocket, sendDatagram } from "@task-watchers/linux";
import { expect } from "vitest";
import { watchTasks } from "./watch-tasks.ts";

const NEEDS = [kernel("6.6"), initialNamespaces];

/** A program that watches `true`, and prints the error's code where it cannot. */
const PROGRAM = `
import { watchTasks } from "@task-watchers/tasks";
import { taskWatchers } from "@task-watchers/chain";
import { spawn } from "node:child_process";
const told = [];
for (const type of ["init", "exec", "exit", "free"]) {
  taskWatchers.register({ name: type, [type]: (event) => void told.push(event.type + (event.code ?? "")) });
}
try {
  const watch = await watchTasks();
  watch.follow(spawn("true").pid);
  await watch.whenIdle();
  await watch.close();
  console.log(told.join(" "));
} catch (error) {
  console.log(error.code, error.message);
}
`;

/** The command line that runs the program as an installed package's user would. */
function programCommand(): string[] {
  const script = `cd '${installed("tasks")}' && exec '${process.execPath}' --input-type=module -e "$0"`;
  return ["sh", "-c", script, PROGRAM];
}

function netlinkSockets(): number {
  return readFileSync("/proc/net/netlink", "latin1").split("\n").length;
}

kernelTest(
  "Thousands of watches leave no descriptor, handle, socket or memory behind",
  NEEDS,
  async () => {
    const cycle = async (): Promise<void> => {
      const watch = await watchTasks({ watchers: new TaskWatchers(), scope: "followed" });
      await watch.close();
      await watch.close();
    };
    const thousand = async (): Promise<number> => {
      const before = process.memoryUsage().rss;
      for (let i = 0; i < 1000; i++) await cycle();
      return process.memoryUsage().rss - before;
    };
    // The heap takes as long to reach the size that it keeps.
    await thousand();
    const descriptors = openDescriptors();
    const sockets = netlinkSockets();
    const resources = process.getActiveResourcesInfo().length;
    const growth = [await thousand(), await thousand(), await thousand(), await thousand()];
    expect(openDescriptors()).toEqual(descriptors);
    // Other programs' sockets are in the list too, and come and go.
    expect(netlinkSockets() - sockets).toBeLessThan(500);
    expect(process.getActiveResourcesInfo().length).toBeLessThanOrEqual(resources);
    // A leak of one receive batch a cycle would be 50 MB in each; a heap that still grows does so once or twice.
    expect(Math.min(...growth)).toBeLessThan(15e6);
  },
);

kernelTest("A watch that could not start leaves nothing behind", NEEDS, async () => {
  const watchers = new TaskWatchers();
  const descriptors = openDescriptors();
  const limits = { receiveBufferBytes: -1 };
  await expect(watchTasks({ watchers, ...limits })).rejects.toThrow(
    "receiveBufferBytes must be a whole number of bytes, got -1",
  );
  await expect(watchTasks({ watchers, scope: "some" as "all" })).rejects.toThrow(
    'scope must be "all" or "followed", got "some"',
  );
  await expect(watchTasks({ watchers, signal: AbortSignal.abort() })).rejects.toThrow(/abort/iu);
  expect(openDescriptors()).toEqual(descriptors);
  // The registry is free for another.
  const watch = await watchTasks({ watchers });
  await watch.close();
});

kernelTest("A program that watches ends by itself", NEEDS, async () => {
  const [shell = "", ...args] = programCommand();
  const { stdout, status } = spawnSync(shell, args, { encoding: "utf8", timeout: 60_000 });
  expect(stdout).toBe("init exec exit0 free\n");
  expect(status).toBe(0);
});

kernelTest("Nobody, without a capability, watches as well", [...NEEDS, root], () => {
  const [shell = "", ...args] = programCommand();
  expect(asNobody(shell, args).stdout).toBe("init exec exit0 free\n");
});

kernelTest(
  "In another network, user or pid namespace one error says so, and what helps",
  [...NEEDS, root],
  () => {
    const unshared = (...flags: string[]): string =>
      spawnSync("unshare", [...flags, ...programCommand()], { encoding: "utf8" }).stdout;
    expect(unshared("--net")).toMatch(/^ECONNREFUSED .*another network namespace.*--network host/u);
    expect(unshared("--user", "--map-root-user")).toMatch(/^ENOACK .*another user namespace/u);
    expect(unshared("--pid", "--fork", "--mount-proc")).toMatch(/^ENOACK .*another pid namespace/u);
  },
);

kernelTest(
  "A forged event is dropped and counted",
  [...NEEDS, capability("CAP_NET_ADMIN")],
  async () => {
    const watchers = new TaskWatchers();
    const ended: number[] = [];
    watchers.register({ name: "ended", exit: (_event, task) => void ended.push(task.pid) });
    await using watch = await watchTasks({ watchers, scope: "all" });
    using forger = openSocket(16, 2, 11);
    const group = new Uint8Array(12);
    new Uint16Array(group.buffer)[0] = 16; // AF_NETLINK
    new Uint32Array(group.buffer)[2] = 1; // the group of process events
    // EXIT of pid 1, from everyone's point of view the end of the world.
    sendDatagram(forger, procEventFrame({ what: 0x80000000, data: [1, 1, 0, 17] }), group);
    watch.drain();
    expect(watch.counters().connector?.spoofed).toBe(1);
    expect([...watch.tasks()].some((task) => task.pid === 1)).toBe(true);
    expect(ended).not.toContain(1);
  },
);

kernelTest("A child of ours inherits no socket", NEEDS, async () => {
  await using watch = await watchTasks({ watchers: new TaskWatchers() });
  const { stdout } = spawnSync("ls", ["-l", "/proc/self/fd"], { encoding: "utf8" });
  // Its standard streams are sockets too.
  expect(stdout).not.toMatch(/ (?:[3-9]|\d{2,}) -> socket:/u);
  expect(watch.size).toBe(0);
});
