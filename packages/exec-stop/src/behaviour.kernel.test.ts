// Needs of the kernel: seccomp user notification for any user (Linux 5.5); cc, strace, script and prlimit for peers.
import { compiler, kernel, kernelTest, program } from "@task-watchers/kernel-test";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, vi } from "vitest";
import { peer } from "./peer.fixture.ts";
import { programCommand, resultOf } from "./program.fixture.ts";

vi.setConfig({ testTimeout: 120_000 });

const NEEDS = [kernel("5.5")];

kernelTest("a command ends under the stop as it ends without", NEEDS, () => {
  const result = resultOf(`
    const stop = await open();
    const ends = [];
    for (const script of ["exit 0", "exit 7", "exit 255", "kill -TERM $$", "kill -SEGV $$", "kill -KILL $$"]) {
      const plain = spawnSync("/bin/sh", ["-c", script]);
      const { code = null, signal = null } = await run(stop, "/bin/sh", ["-c", script]);
      ends.push([code, signal, plain.status === code && plain.signal === signal]);
    }
    await stop.close();
    return ends;
  `);
  expect(result).toEqual([
    [0, null, true],
    [7, null, true],
    [255, null, true],
    [null, "SIGTERM", true],
    [null, "SIGSEGV", true],
    [null, "SIGKILL", true],
  ]);
});

kernelTest("a command has the surroundings it has without", [...NEEDS, program("nice")], () => {
  const script = [
    ...["ulimit -a", "umask", "nice", "pwd", "ls -l /proc/self/fd | grep -c '[0-9] ->'"],
    "grep -E '^(Sig[^Q]|Cap|Cpus_allowed|Groups|Uid|Gid)' /proc/self/status",
    // Of the shell: state, parent, process group, session, terminal.
    "cut -d' ' -f4-8 /proc/$$/stat",
  ].join("; ");
  const result = resultOf(`
    process.umask(0o027);
    const folder = mkdtempSync("/tmp/exec-stop-");
    const printed = [];
    for (const way of ["plain", "stopped"]) {
      const out = openSync(folder + "/" + way, "w+");
      const options = { stdio: ["ignore", out, 2], cwd: "/usr" };
      if (way === "plain") await once(spawn("/bin/sh", ["-c", ${JSON.stringify(script)}], options), "exit");
      else {
        const stop = await open();
        await run(stop, "/bin/sh", ["-c", ${JSON.stringify(script)}], options);
        await stop.close();
      }
      printed.push(readFileSync(folder + "/" + way, "utf8"));
    }
    rmSync(folder, { recursive: true });
    return printed;
  `) as string[];
  expect(result[0]).toContain("SigIgn");
  expect(result[1]).toBe(result[0]);
});

kernelTest(
  "a command can be stopped and continued, and a process group can be signalled",
  NEEDS,
  () => {
    const result = resultOf(`
    const stop = await open();
    const child = await stop.spawn("/bin/sleep", ["60"], NONE);
    const state = () => readFileSync("/proc/" + child.pid + "/stat", "utf8").split(" ")[2];
    // SIGTSTP would be thrown away in an orphaned process group, such as a daemon's.
    child.kill("SIGSTOP");
    await until(() => state() === "T");
    child.kill("SIGCONT");
    await until(() => state() === "S");
    child.kill();
    const first = await child.ended;
    const leader = await stop.spawn("/bin/sh", ["-c", "sleep 60 & wait"], { ...NONE, detached: true });
    await until(() => calls.some(({ argv }) => argv[0] === "sleep"));
    process.kill(-leader.pid, "SIGTERM");
    const second = await leader.ended;
    await stop.close();
    return [first, second];
  `);
    expect(result).toEqual([{ signal: "SIGTERM" }, { signal: "SIGTERM" }]);
  },
);

kernelTest(
  "Ctrl-C reaches the command by the terminal",
  [...NEEDS, program("script")],
  async () => {
    const body = `
    process.on("SIGINT", () => console.log("watcher: SIGINT"));
    const stop = await open();
    const child = await stop.spawn("/bin/sh", ["-c", "trap 'echo command: SIGINT; exit 9' INT; echo ready; while :; do sleep 0.05; done"]);
    console.log(JSON.stringify(await child.ended));
    await stop.close();
  `;
    const quoted = programCommand(body).map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
    const terminal = spawn("script", ["-qec", quoted.join(" "), "/dev/null"], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    let text = "";
    terminal.stdout.setEncoding("utf8").on("data", (more: string) => {
      if (!text.includes("ready") && (text + more).includes("ready")) terminal.stdin.write("\x03");
      text += more;
    });
    await once(terminal, "close");
    expect(text).toContain("command: SIGINT");
    expect(text).toContain("watcher: SIGINT");
    expect(text).toContain('{"code":9}');
  },
);

kernelTest("strace works on a program inside the tree", [...NEEDS, program("strace")], () => {
  const result = resultOf(`
    const folder = mkdtempSync("/tmp/exec-stop-");
    const stop = await open();
    const inner = ["-f", "-o", folder + "/trace", "-e", "trace=execve", "/bin/sh", "-c", "/bin/true one; /bin/false"];
    const end = await run(stop, "strace", inner);
    const seccomp = await run(stop, "strace", ["--seccomp-bpf", ...inner]);
    const trace = readFileSync(folder + "/trace", "utf8");
    rmSync(folder, { recursive: true });
    await stop.close();
    return [end, seccomp, trace.includes('execve("/bin/true", ["/bin/true", "one"]'), calls.filter(({ path }) => path === "/bin/true").length];
  `);
  expect(result).toEqual([{ code: 1 }, { code: 1 }, true, 2]);
});

kernelTest("a program may filter itself, but not listen to itself", [...NEEDS, compiler], () => {
  const result = resultOf(`
    const folder = mkdtempSync("/tmp/exec-stop-");
    const printed = [];
    const stop = await open();
    for (const what of ["own-filter", "own-listener"]) {
      const out = openSync(folder + "/out", "w+");
      await run(stop, ${JSON.stringify(peer())}, [what], { stdio: ["ignore", out, 2] });
      printed.push(readFileSync(folder + "/out", "utf8").trim());
    }
    rmSync(folder, { recursive: true });
    await stop.close();
    return printed;
  `);
  const EBUSY = "16";
  expect(result).toEqual(["own-filter", EBUSY]);
});
