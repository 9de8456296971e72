// Needs: sh; the initial namespaces for the kernel thread; root to become nobody.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import {
  asNobody,
  initialNamespaces,
  installed,
  kernelTest,
  openDescriptors,
  root,
} from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { isUnavailable, ProcReader } from "./proc-reader.ts";
import { encodeText } from "./text.ts";

const proc = new ProcReader();

/** A shell that has run a script, printed what it wanted, and waits. */
async function waiting(
  script: string,
  ...args: string[]
): Promise<Disposable & { pid: number; said: string }> {
  const run = `${script}; echo ready; read _`;
  const child: ChildProcess = spawn("sh", ["-c", run, ...args], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  let said = "";
  for await (const data of child.stdout ?? []) {
    said += String(data);
    if (said.endsWith("ready\n")) break;
  }
  return { pid: child.pid ?? 0, said, [Symbol.dispose]: () => void child.kill("SIGKILL") };
}

kernelTest("reads this very process as Node.js knows it", [], () => {
  const { pid, ppid } = process;
  const stat = proc.stat(pid);
  expect(stat).toMatchObject({ pid, ppid, state: "R" });
  const status = proc.status(pid);
  expect(status).toMatchObject({ tgid: pid, pid, ppid });
  expect(isUnavailable(status) ? undefined : status.uid.effective).toBe(process.geteuid?.());
  expect(isUnavailable(status) ? undefined : status.gid.real).toBe(process.getgid?.());
  expect(proc.exe(pid)).toBe(process.execPath);
  expect(proc.cwd(pid)).toBe(process.cwd());
  expect(proc.cgroup(pid)).toMatch(/^\//u);
  expect(proc.cmdline(pid)).toMatchObject({ truncatedBytes: 0 });
  expect(proc.pids()).toContain(pid);
  expect(proc.threads(pid)).toContain(pid);
  const other = proc.threads(pid).find((tid) => tid !== pid) ?? 0;
  expect(proc.threadStat(pid, other)).toMatchObject({ pid: other, ppid });
});

kernelTest("a start time in ticks is the boot time of that moment", [], async () => {
  const before = uptimeTicks();
  using child = await waiting(":");
  const stat = proc.stat(child.pid);
  const startTicks = isUnavailable(stat) ? 0 : stat.startTicks;
  expect(startTicks).toBeGreaterThanOrEqual(before - 1);
  expect(startTicks).toBeLessThanOrEqual(uptimeTicks());
});

kernelTest("a process that is gone is missing with ENOENT, and leaves nothing open", [], () => {
  const { pid } = spawnSync("true");
  const before = openDescriptors();
  const gone = { missing: "ENOENT" };
  for (const call of ["stat", "status", "cmdline", "exe", "cwd", "cgroup"] as const) {
    expect([call, proc[call](pid)]).toEqual([call, gone]);
  }
  expect(proc.threadStat(pid, pid)).toEqual(gone);
  expect(proc.threads(pid)).toEqual([]);
  expect(openDescriptors()).toEqual(before);
});

kernelTest("a zombie has a name and a state, but no arguments and no executable", [], async () => {
  // `sleep` takes the shell's place and never waits for the shell's child.
  // Its death comes after that: a shell that still runs may reap it.
  const script = "(exec sleep 0.2) & echo $!; exec sleep 60";
  const parent = spawn("sh", ["-c", script], { stdio: ["ignore", "pipe", "ignore"] });
  try {
    const [line] = (await once(parent.stdout, "data")) as [Buffer];
    const pid = Number(line.toString());
    while (stateOf(pid) !== "Z") await new Promise((resolve) => setTimeout(resolve, 5));
    expect(proc.cmdline(pid)).toEqual({ missing: "empty" });
    expect(proc.exe(pid)).toEqual({ missing: "ENOENT" });
    expect(proc.status(pid)).toMatchObject({ pid, ppid: parent.pid });
    expect(proc.status(pid)).not.toHaveProperty("vmHwmKiB");
  } finally {
    parent.kill();
  }
});

kernelTest(
  "a kernel thread has a name, but no arguments and no executable",
  [root, initialNamespaces],
  () => {
    expect(proc.stat(2)).toMatchObject({ pid: 2, comm: "kthreadd", ppid: 0 });
    expect(proc.cmdline(2)).toEqual({ missing: "empty" });
    expect(proc.exe(2)).toEqual({ missing: "ENOENT" });
    expect(proc.status(2)).toMatchObject({ tgid: 2 });
  },
);

kernelTest(
  "a name with a newline, an escape sequence and no UTF-8 comes back byte for byte",
  [],
  async () => {
    using child = await waiting(String.raw`printf 'a\nb\033[31mc\377\376' > /proc/$$/comm`);
    const stat = proc.stat(child.pid);
    const comm = isUnavailable(stat) ? "" : stat.comm;
    expect([...encodeText(comm)]).toEqual([...Buffer.from("a\nb\u001b[31mc"), 0xff, 0xfe]);
    expect(proc.status(child.pid)).toMatchObject({ pid: child.pid });
  },
);

kernelTest(
  "a name that looks like the rest of its line does not shift the fields",
  [],
  async () => {
    using child = await waiting("printf '%s' 'x) Z 1 2 (y' > /proc/$$/comm");
    expect(proc.stat(child.pid)).toMatchObject({
      pid: child.pid,
      ppid: process.pid,
      comm: "x) Z 1 2 (y",
    });
  },
);

kernelTest(
  "of 70,000 bytes of arguments 65,536 are kept and the rest counted exactly",
  [],
  async () => {
    const fixed = "sh\0-c\0:; echo ready; read _\0x\0".length;
    const argument = "y".repeat(70_000 - fixed - 1);
    using child = await waiting(":", "x", argument);
    expect(readFileSync(`/proc/${child.pid}/cmdline`)).toHaveLength(70_000);
    const cmdline = proc.cmdline(child.pid);
    if (isUnavailable(cmdline)) throw new Error(cmdline.missing);
    expect(cmdline.truncatedBytes).toBe(4464);
    expect(cmdline.argv.slice(0, 2)).toEqual(["sh", "-c"]);
    expect(cmdline.argv.at(-1)).toBe("y".repeat(65_536 - fixed));
  },
);

kernelTest("arguments of exactly the limit are not truncated", [], async () => {
  const fixed = "sh\0-c\0:; echo ready; read _\0x\0".length;
  using child = await waiting(":", "x", "y".repeat(65_536 - fixed - 1));
  expect(proc.cmdline(child.pid)).toMatchObject({ truncatedBytes: 0 });
});

kernelTest("an executable that was unlinked says so", [], async () => {
  const path = `/tmp/task-watchers-unlinked-${process.pid}`;
  spawnSync("sh", ["-c", `cp "$(command -v sleep)" ${path}`]);
  const child = spawn(path, ["60"], { stdio: "ignore" });
  await once(child, "spawn");
  spawnSync("rm", [path]);
  expect(proc.exe(child.pid ?? 0)).toBe(`${path} (deleted)`);
  child.kill();
});

kernelTest("nobody may not see another user's executable, but all the rest", [root], () => {
  const program = `
    import { ProcReader } from "@task-watchers/linux/procfs";
    const proc = new ProcReader();
    const pid = ${process.pid};
    console.log(JSON.stringify([proc.exe(pid), proc.cwd(pid), proc.stat(pid).pid, proc.status(pid).tgid]));
  `;
  const run = `cd '${installed("linux")}' && exec '${process.execPath}' --input-type=module -e "$0"`;
  const denied = { missing: "EACCES" };
  const { stdout } = asNobody("sh", ["-c", run, program]);
  expect(JSON.parse(stdout)).toEqual([denied, denied, process.pid, process.pid]);
  const traced = asNobody("sh", ["-c", run, program], ["CAP_SYS_PTRACE"]);
  expect(JSON.parse(traced.stdout).slice(0, 2)).toEqual([process.execPath, process.cwd()]);
});

kernelTest("another mount point can take the place of /proc", [], () => {
  expect(new ProcReader("/no/such/proc").stat(1)).toEqual({ missing: "ENOENT" });
  expect(() => new ProcReader("/no/such/proc").pids()).toThrow(
    expect.objectContaining({ code: "ENOENT" }),
  );
});

function stateOf(pid: number): string | undefined {
  const stat = proc.stat(pid);
  return isUnavailable(stat) ? undefined : stat.state;
}

function uptimeTicks(): number {
  return Math.round(Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]) * 100);
}
