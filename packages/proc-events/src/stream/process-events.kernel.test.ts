// Needs of the kernel: the process events connector (any user since Linux 6.6).
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { TaskWatchers } from "@task-watchers/chain";
import {
  asNobody,
  initialNamespaces,
  installed,
  kernel,
  kernelTest,
  openDescriptors,
  root,
} from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { processEvents } from "./process-events.ts";
import { rawProcessEvents } from "./raw-process-events.ts";

const NEEDS = [kernel("6.6"), initialNamespaces];

const PROGRAM = `
import { spawn } from "node:child_process";
import { processEvents } from "@task-watchers/proc-events";
try {
  const events = await processEvents();
  const child = spawn("sh", ["-c", "exit 7"]);
  for await (const event of events) {
    if (event.pid === child.pid) console.log(event.type);
    if (event.pid === child.pid && event.type === "exit") break;
  }
} catch (error) {
  console.log(error.code);
}
`;

/** The command line that runs the program as an installed package's user would. */
function programCommand(): string[] {
  const directory = installed("proc-events");
  const script = `cd '${directory}' && exec '${process.execPath}' --input-type=module -e "$0"`;
  return ["sh", "-c", script, PROGRAM];
}

kernelTest("processEvents() that is left leaves nothing behind", NEEDS, async () => {
  const readOne = async (): Promise<void> => {
    await using raw = await rawProcessEvents({ kinds: ["exit"] });
    const stream = await processEvents({ kinds: ["comm", "exit"] });
    await once(spawn("true", { stdio: "ignore" }), "exit");
    for await (const _ of stream) break;
    await raw.next();
  };
  await readOne();
  const descriptors = openDescriptors();
  const resources = process.getActiveResourcesInfo().length;
  for (let n = 0; n < 20; n++) await readOne();
  expect(openDescriptors()).toEqual(descriptors);
  // Something of the test's own may come and go; one for every stream may not.
  expect(process.getActiveResourcesInfo().length).toBeLessThan(resources + 10);
});

kernelTest("processEvents() that cannot begin leaves nothing behind", NEEDS, async () => {
  const watchers = new TaskWatchers();
  const descriptors = openDescriptors();
  await expect(processEvents({ watchers, pid: 4_194_304 })).rejects.toMatchObject({
    code: "ESRCH",
  });
  await expect(processEvents({ watchers, kinds: [] })).rejects.toThrow(RangeError);
  await expect(processEvents({ watchers, queueLimit: 0 })).rejects.toThrow("queueLimit");
  await expect(processEvents({ watchers, receiveBufferBytes: -1 })).rejects.toThrow("got -1");
  await expect(processEvents({ watchers, signal: AbortSignal.abort() })).rejects.toThrow(/abort/iu);
  const aborting = new AbortController();
  const starting = processEvents({ watchers, signal: aborting.signal });
  aborting.abort();
  await expect(starting).rejects.toThrow(/abort/iu);
  await expect(rawProcessEvents({ kinds: [] })).rejects.toThrow(RangeError);
  expect(watchers.list()).toEqual([]);
  expect(openDescriptors()).toEqual(descriptors);
});

kernelTest(
  "processEvents() runs the modules of a registry given, on one watch",
  NEEDS,
  async () => {
    const watchers = new TaskWatchers();
    const calls: string[] = [];
    watchers.load({
      name: "proc-events",
      version: "0",
      watcher: { name: "proc-events", exit: () => void (calls[1] = "exit") },
      open: () => void calls.push("open"),
      close: () => void calls.push("close"),
    });
    const aborting = new AbortController();
    const stream = await processEvents({ watchers, signal: aborting.signal });
    expect(watchers.list().map(({ name }) => name)).toEqual(["proc-events", "proc-events.2"]);
    await expect(processEvents({ watchers })).rejects.toMatchObject({ code: "EBUSY" });
    const child = spawn("true");
    for await (const event of stream) {
      if (event.type === "exit" && event.pid === child.pid) aborting.abort();
    }
    await stream.close();
    expect(calls).toEqual(["open", "exit", "close"]);
    expect(watchers.list().map(({ name }) => name)).toEqual(["proc-events"]);
  },
);

kernelTest("processEvents() with a pid begins with what is there below it", NEEDS, async () => {
  const shell = spawn("sh", ["-c", "sleep 30 & read line; exit 5"], {
    stdio: ["pipe", "ignore", "inherit"],
  });
  const { pid = 0 } = shell;
  const stream = await processEvents({ pid });
  const events: string[] = [];
  for await (const event of stream) {
    if (event.type === "lost") continue;
    const { exec, type, ppid } = event;
    const argv = Array.isArray(exec?.argv) ? exec.argv.join(" ") : "";
    if (ppid === pid && argv === "sleep 30" && type !== "exit") {
      process.kill(event.pid);
      shell.stdin.end("\n");
    }
    events.push(`${type} ${event.pid === pid ? "shell" : "child"}`);
    if (type === "exit" && event.pid === pid) break;
  }
  expect(events[0]).toBe("fork shell");
  expect(events).toContain("fork child");
  expect(events.at(-1)).toBe("exit shell");
});

kernelTest(
  "processEvents() with pids ends after the last of them, with its watch",
  NEEDS,
  async () => {
    const first = spawn("sleep", ["30"]);
    // The shell leaves a child behind, which belongs to it all the same.
    const second = spawn("sh", ["-c", "sleep 30 & exec 1>&-; read line"], {
      stdio: ["pipe", "ignore", "inherit"],
    });
    const watchers = new TaskWatchers();
    const stream = await processEvents({ pid: [first.pid ?? 0, second.pid ?? 0], watchers });
    const ends: number[] = [];
    const orphans: number[] = [];
    first.kill();
    for await (const event of stream) {
      if (event.type !== "lost" && event.ppid === second.pid) orphans.push(event.pid);
      if (event.type === "exit") ends.push(event.pid);
      if (event.type === "exit" && event.pid === first.pid) second.stdin.end("\n");
      if (event.type === "exit" && event.pid === second.pid) process.kill(orphans[0] ?? 0);
    }
    expect(ends).toHaveLength(3);
    expect(ends.slice(0, 2)).toEqual([first.pid, second.pid]);
    await expect.poll(() => watchers.list()).toEqual([]);
  },
);

kernelTest("processEvents() refuses the id of a thread, and names its process", NEEDS, async () => {
  const tid =
    readdirSync("/proc/self/task")
      .map(Number)
      .find((tid) => tid !== process.pid) ?? 0;
  await expect(processEvents({ pid: tid })).rejects.toMatchObject({
    code: "EINVAL",
    message: `follow: EINVAL: ${tid} is a thread of process ${process.pid}; name the process`,
  });
});

kernelTest(
  "processEvents() works for nobody, and says why where it does not",
  [...NEEDS, root],
  () => {
    const [shell = "", ...args] = programCommand();
    expect(asNobody(shell, args)).toMatchObject({ stdout: "fork\nexec\nexit\n", status: 0 });
    const unshared = spawnSync("unshare", ["--net", shell, ...args], { encoding: "utf8" });
    expect(unshared.stdout).toBe("ECONNREFUSED\n");
  },
);
