// Needs of the kernel: the process events connector with masks (Linux 6.6); root, to forge events and to become nobody;
// a C compiler.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import {
  capability,
  compileC,
  compiler,
  initialNamespaces,
  kernel,
  kernelTest,
  nobodyCommand,
  procEventFrame,
  root,
} from "@task-watchers/kernel-test";
import { openSocket, sendDatagram } from "@task-watchers/linux";
import { expect } from "vitest";
import type { ProcEvent } from "../event/proc-event.ts";
import { processEvents } from "./process-events.ts";
import { rawProcessEvents } from "./raw-process-events.ts";

const NEEDS = [kernel("6.6"), initialNamespaces];
const PROGRAMS = 300;
/** A pid that no process of the test has: the highest there can be. */
const FORGED_PID = 4_194_303;

/** Sends a fork, a rename and an exit of a process that is not there, and the end of init. */
function forge(): void {
  using forger = openSocket(16, 2, 11);
  const group = new Uint8Array(12);
  new Uint16Array(group.buffer)[0] = 16; // AF_NETLINK
  new Uint32Array(group.buffer)[2] = 1; // the group of process events
  const forged: Array<[what: number, data: number[]]> = [
    [0x00000001, [1, 1, FORGED_PID, FORGED_PID]],
    [0x00000200, [FORGED_PID, FORGED_PID, 0x78, 0, 0, 0]],
    [0x80000000, [FORGED_PID, FORGED_PID, 0, 17]],
    [0x80000000, [1, 1, 0, 17]],
  ];
  for (const [what, data] of forged) sendDatagram(forger, procEventFrame({ what, data }), group);
}

kernelTest(
  "No stream ever yields a forged event",
  [...NEEDS, capability("CAP_NET_ADMIN")],
  async () => {
    const kinds = ["fork", "comm", "exit"] as const;
    const streams = [await processEvents({ kinds }), await rawProcessEvents({ kinds })];
    forge();
    const child = spawn("true");
    await once(child, "exit");
    for (const stream of streams) {
      const pids: number[] = [];
      for await (const event of stream) {
        if (event.type === "lost") continue;
        pids.push(event.pid);
        if (event.type === "exit" && event.pid === child.pid) break;
      }
      expect(pids).not.toContain(1);
      expect(pids).not.toContain(FORGED_PID);
    }
  },
);

kernelTest(
  "A flood of renames by nobody takes nothing from a stream that did not ask for them",
  [...NEEDS, root, compiler],
  async () => {
    const source = readFileSync(new URL("comm-flood.c", import.meta.url), "utf8");
    const [setpriv = "", ...args] = nobodyCommand(compileC(source, "comm-flood"), ["3"]);
    const stream = await processEvents({ kinds: ["fork", "exit"] });
    const events: ProcEvent[] = [];
    const reading = (async () => {
      for await (const event of stream) events.push(event);
    })();
    const flood = spawn(setpriv, args, { cwd: "/", stdio: ["ignore", "pipe", "inherit"] });
    const flooding = text(flood.stdout);
    const started: Array<number | undefined> = [];
    for (let n = 0; n < PROGRAMS; n++) {
      const child = spawn("/bin/true", { stdio: "ignore" });
      started.push(child.pid);
      await once(child, "exit");
    }
    const renames = Number(await flooding);
    const untold = (kind: string): unknown[] => {
      const told = new Set(
        events.flatMap((event) => (event.type === kind && "pid" in event ? event.pid : [])),
      );
      return started.filter((pid) => pid === undefined || !told.has(pid));
    };
    await expect.poll(() => untold("exit"), { timeout: 60_000 }).toEqual([]);
    await stream.close();
    await reading;
    process.stderr.write(`${renames} renames in 3 s\n`);
    expect(renames).toBeGreaterThan(1000);
    expect(events.filter(({ type }) => type === "lost")).toEqual([]);
    expect(untold("fork")).toEqual([]);
  },
);
