// Needs: Linux 5.3 for pidfds, 6.15 for what they say of an exit; sh; root to become nobody.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  asNobody,
  installed,
  kernel,
  kernelTest,
  openDescriptors,
  root,
} from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { pidfdExit, pidfdOpen, pidfdSendSignal } from "./pidfd.ts";

kernelTest(
  "a child's exit code is there once it has been reaped, not before",
  [kernel("6.15")],
  async () => {
    const child = spawn("sh", ["-c", "read _; exit 3"], { stdio: ["pipe", "ignore", "ignore"] });
    using fd = pidfdOpen(child.pid ?? 0);
    expect(pidfdExit(fd)).toEqual({ missing: "not-reaped" });
    child.stdin.end("\n");
    await once(child, "exit");
    expect(pidfdExit(fd)).toEqual({ status: 768 });
    // Once more: it stays.
    expect(pidfdExit(fd)).toEqual({ status: 768 });
  },
);

kernelTest("a zombie has not been reaped", [kernel("6.15")], async () => {
  // `sleep` takes the shell's place and never waits for the shell's child, which waits for the pidfd.
  const script = '(read _ < "$1"; exit 3) & echo $!; exec sleep 60';
  const fifo = `/tmp/task-watchers-fifo-${process.pid}`;
  spawnSync("mkfifo", [fifo]);
  const parent = spawn("sh", ["-c", script, "sh", fifo], { stdio: ["ignore", "pipe", "ignore"] });
  try {
    const [line] = (await once(parent.stdout, "data")) as [Buffer];
    using fd = pidfdOpen(Number(line.toString()));
    spawnSync("sh", ["-c", 'echo > "$1"', "sh", fifo]);
    await until(() => state(Number(line.toString())) === "Z");
    expect(pidfdExit(fd)).toEqual({ missing: "not-reaped" });
  } finally {
    parent.kill();
    await once(parent, "exit");
    spawnSync("rm", [fifo]);
  }
});

kernelTest("a death by signal is told from an exit", [kernel("6.15")], async () => {
  const child = spawn("sleep", ["60"], { stdio: "ignore" });
  using fd = pidfdOpen(child.pid ?? 0);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(pidfdExit(fd)).toEqual({ status: 9 });
});

kernelTest(
  "a signal reaches the process that the pidfd names, and no other",
  [kernel("5.3")],
  async () => {
    const child = spawn("sleep", ["60"], { stdio: "ignore" });
    using fd = pidfdOpen(child.pid ?? 0);
    pidfdSendSignal(fd, 0);
    expect(() => pidfdSendSignal(fd, 1000)).toThrow(expect.objectContaining({ code: "EINVAL" }));
    pidfdSendSignal(fd, 15);
    expect(await once(child, "exit")).toEqual([null, "SIGTERM"]);
    expect(() => pidfdSendSignal(fd, 15)).toThrow(expect.objectContaining({ code: "ESRCH" }));
  },
);

kernelTest("a process that is gone cannot be opened", [kernel("5.3")], () => {
  const before = openDescriptors();
  const { pid } = spawnSync("true");
  expect(() => pidfdOpen(pid)).toThrow(
    expect.objectContaining({ syscall: "pidfd_open", code: "ESRCH", hint: `pid ${pid}` }),
  );
  expect(openDescriptors()).toEqual(before);
});

kernelTest("a number that cannot be a pid never reaches the kernel", [], () => {
  // The kernel would cut the second to 1, and open init.
  for (const pid of [0, 2 ** 32 + 1, -1, 1.5, Number.NaN]) {
    expect(() => pidfdOpen(pid)).toThrow(RangeError);
  }
});

kernelTest("nobody may open and ask about any process", [root, kernel("6.15")], () => {
  const program = `
    import { pidfdOpen, pidfdExit } from "@task-watchers/linux";
    console.log(JSON.stringify(pidfdExit(pidfdOpen(1))));
  `;
  const run = `cd '${installed("linux")}' && exec '${process.execPath}' --input-type=module -e "$0"`;
  expect(asNobody("sh", ["-c", run, program])).toMatchObject({
    status: 0,
    stdout: '{"missing":"not-reaped"}\n',
  });
});

function state(pid: number): string | undefined {
  return spawnSync("cat", [`/proc/${pid}/stat`], { encoding: "utf8" })
    .stdout.split(") ")
    .at(-1)?.[0];
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
