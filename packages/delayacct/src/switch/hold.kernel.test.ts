// Needs: root in the initial namespaces, Linux 5.14, util-linux. Puts the switch back as it was.
import {
  asNobody,
  initialNamespaces,
  installed,
  kernel,
  kernelTest,
  root,
} from "@task-watchers/kernel-test";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, beforeEach, expect } from "vitest";
import { enableDelayAccounting } from "./hold.ts";
import { delayAccounting } from "./sysctl.ts";

const FILE = "/proc/sys/kernel/task_delayacct";
const LOCK = "/run/task-watchers-delayacct.lock";
const needs = [root, initialNamespaces, kernel("5.14")];

const found = read();
const holders: ChildProcess[] = [];

beforeEach(async () => {
  // Another program of this host may hold it.
  await until(() => guards().length === 0);
  set("0");
});

afterEach(async () => {
  for (const holder of holders.splice(0)) holder.kill("SIGKILL");
  await until(() => guards().length === 0);
});

afterAll(() => {
  if (found !== undefined) set(found);
});

kernelTest("on while held, off again when released", needs, async () => {
  expect(delayAccounting()).toBe("off");
  const hold = await enableDelayAccounting();
  expect(hold.changed).toBe(true);
  expect(delayAccounting()).toBe("on");
  expect(await hold.release()).toBe("restored");
  expect(await hold.release()).toBe("restored");
  expect(delayAccounting()).toBe("off");
  await using again = await enableDelayAccounting();
  expect(again.changed).toBe(true);
});

kernelTest("what was on already stays on", needs, async () => {
  set("1");
  const hold = await enableDelayAccounting();
  expect(hold.changed).toBe(false);
  expect(await hold.release()).toBe("left-alone");
  expect(read()).toBe("1");
});

kernelTest("the last of two holders restores, in either order", needs, async () => {
  for (const order of [
    [0, 1],
    [1, 0],
  ]) {
    const holds = [await enableDelayAccounting(), await enableDelayAccounting()];
    expect(holds.map((hold) => hold.changed)).toEqual([true, false]);
    expect(await holds[order[0] ?? 0]?.release()).toBe("still-held");
    expect(read()).toBe("1");
    expect(await holds[order[1] ?? 0]?.release()).toBe("restored");
    expect(read()).toBe("0");
  }
});

kernelTest("ten holders that begin and end at once restore", needs, async () => {
  const holds = await Promise.all(Array.from({ length: 10 }, () => enableDelayAccounting()));
  expect(read()).toBe("1");
  const ends = await Promise.all(holds.map((hold) => hold.release()));
  expect(ends.filter((end) => end === "restored")).toHaveLength(1);
  expect(ends.filter((end) => end === "still-held")).toHaveLength(9);
  expect(read()).toBe("0");
});

kernelTest("what somebody else has changed meanwhile is left alone", needs, async () => {
  const hold = await enableDelayAccounting();
  set("0");
  expect(await hold.release()).toBe("left-alone");
  expect(read()).toBe("0");
  // Nor is what was noted then taken for true later.
  set("1");
  const later = await enableDelayAccounting();
  expect(await later.release()).toBe("left-alone");
  expect(read()).toBe("1");
});

kernelTest("a value that a killed guard left behind is not restored later", needs, async () => {
  const hold = await enableDelayAccounting();
  for (const pid of guards()) process.kill(pid, "SIGKILL");
  expect(await hold.release()).toBe("guard-lost");
  expect(read()).toBe("1");
  const later = await enableDelayAccounting();
  expect(later.changed).toBe(false);
  expect(await later.release()).toBe("left-alone");
  expect(read()).toBe("1");
});

kernelTest("kill -9 of the holder restores, and leaves no process", needs, async () => {
  const holder = await start();
  expect(read()).toBe("1");
  expect(guards()).toHaveLength(1);
  // What a list of processes shows of it is one short line.
  expect(readFileSync(`/proc/${guards()[0]}/cmdline`, "latin1")).toMatch(/^[^\n]{1,160}$/u);
  holder.kill("SIGKILL");
  await until(() => read() === "0" && guards().length === 0);
});

kernelTest("kill -9 of one of two leaves it on, of the other restores", needs, async () => {
  const first = await start();
  const second = await start();
  first.kill("SIGKILL");
  await until(() => guards().length === 1);
  expect(read()).toBe("1");
  second.kill("SIGKILL");
  await until(() => read() === "0");
});

kernelTest("the guard survives what a terminal and a service manager send", needs, async () => {
  const hold = await enableDelayAccounting();
  const [guard = 0, ...others] = guards();
  expect(others).toEqual([]);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"]) process.kill(guard, signal);
  // Field 6 of stat is the session: its own, so Ctrl-C does not even reach it.
  expect(readFileSync(`/proc/${guard}/stat`, "latin1").split(" ")[5]).toBe(String(guard));
  expect(await hold.release()).toBe("restored");
  await until(() => !existsSync(`/proc/${guard}`));
});

kernelTest("a program that forgets its hold ends, and it is restored", needs, async () => {
  const holder = await start("");
  if (holder.exitCode === null) await once(holder, "exit");
  expect(holder.exitCode).toBe(0);
  await until(() => read() === "0");
});

kernelTest("nobody is refused before anything changes", needs, () => {
  const program = `
    import { enableDelayAccounting } from "@task-watchers/delayacct/switch";
    await enableDelayAccounting().catch((error) => console.log(error.name, error.code, error.remedy));
  `;
  const command = `cd ${installed("delayacct")} && exec ${process.execPath} --input-type=module -e '${program}'`;
  const { stdout, stderr } = asNobody("/bin/sh", ["-c", command]);
  expect(stdout + stderr).toMatch(/^SwitchUnavailableError EACCES run as root, or /u);
  expect(read()).toBe("0");
  set("1");
  // It is on: there is nothing to do, and nothing that could be held.
  expect(asNobody("/bin/sh", ["-c", command])).toMatchObject({ status: 0, stdout: "" });
});

kernelTest("only root may hold the lock", needs, async () => {
  await using _hold = await enableDelayAccounting();
  const { status } = asNobody("flock", ["-n", "-s", LOCK, "true"]);
  expect(status).not.toBe(0);
});

/** A program that holds it until it is killed, or ends with what comes after. */
async function start(after = "setInterval(() => {}, 1000);"): Promise<ChildProcess> {
  const program = `
    import { enableDelayAccounting } from "@task-watchers/delayacct/switch";
    await enableDelayAccounting();
    console.log("held");
    ${after}
  `;
  const holder = spawn(process.execPath, ["--input-type=module", "-e", program], {
    cwd: installed("delayacct"),
    stdio: ["ignore", "pipe", "inherit"],
  });
  holders.push(holder);
  await once(holder.stdout, "data");
  return holder;
}

/** Pids of all guards on this host, zombies included. */
function guards(): number[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/u.test(name)) return [];
    try {
      const text = readFileSync(`/proc/${name}/cmdline`, "latin1");
      return text.startsWith("task-watchers-delayacct-guard\0") ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

function read(): string | undefined {
  return existsSync(FILE) ? readFileSync(FILE, "latin1").trim() : undefined;
}

function set(value: string): void {
  writeFileSync(FILE, value);
}

/** Fails with the test's own limit. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await wait(10);
}
