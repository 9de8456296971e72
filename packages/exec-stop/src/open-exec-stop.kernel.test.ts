// Needs of the kernel: seccomp user notification for any user (Linux 5.5); root to become nobody; cc for a sandbox; strace.
import { compiler, kernel, kernelTest, program, root } from "@task-watchers/kernel-test";
import { expect, vi } from "vitest";
import { peer } from "./peer.fixture.ts";
import { programCommand, resultOf, type Surroundings } from "./program.fixture.ts";

vi.setConfig({ testTimeout: 120_000 });

const NEEDS = [kernel("5.5")];

/** Says what became of opening, and what it left behind. */
const TRY = `
  const { Worker } = await import("node:worker_threads");
  // What Node.js keeps from then on is there before.
  new Worker("", { eval: true }); await sleep(100);
  const before = [readFileSync("/proc/self/status", "utf8").match(/(NoNewPrivs|Seccomp):.*/g), readdirSync("/proc/self/fd").length];
  let error;
  try { await open(); } catch (caught) { error = caught; }
  for (let i = 0; i < 500 && readdirSync("/proc/self/fd").length > before[1]; i++) await sleep(10);
  const after = [readFileSync("/proc/self/status", "utf8").match(/(NoNewPrivs|Seccomp):.*/g), readdirSync("/proc/self/fd").length];
  return { name: error?.name, code: error?.code, unchanged: JSON.stringify(before) === JSON.stringify(after) || [before, after] };
`;

kernelTest("a stop inside a stop is refused, with nothing changed", NEEDS, () => {
  const inner = programCommand(TRY);
  const result = resultOf(`
    const folder = mkdtempSync("/tmp/exec-stop-");
    const out = openSync(folder + "/out", "w+");
    const stop = await open();
    const [command, ...args] = ${JSON.stringify(inner)};
    await run(stop, command, args, { stdio: ["ignore", out, 2] });
    await stop.close();
    const printed = JSON.parse(readFileSync(folder + "/out", "utf8"));
    rmSync(folder, { recursive: true });
    return printed;
  `);
  expect(result).toEqual({ name: "ExecStopUnavailableError", code: "EBUSY", unchanged: true });
});

kernelTest("a sandbox that forbids seccomp(2) is told as what it is", [...NEEDS, compiler], () => {
  const inner = [peer(), "sandbox", ...programCommand(TRY)];
  const result = resultOf(`
    const [command, ...args] = ${JSON.stringify(inner)};
    return JSON.parse(execFileSync(command, args, { encoding: "utf8" }));
  `);
  expect(result).toEqual({ name: "ExecStopUnavailableError", code: "EPERM", unchanged: true });
});

kernelTest("two stops in one program know nothing of each other", NEEDS, () => {
  const result = resultOf(`
    const seen = [[], []];
    const stops = [await open({ onExec: ({ path }) => { seen[0].push(path); } }), await open({ onExec: ({ path }) => { seen[1].push(path); } })];
    await Promise.all([run(stops[0], "/bin/true"), run(stops[1], "/bin/false")]);
    execFileSync("/bin/echo");
    await Promise.all(stops.map((stop) => stop.close()));
    return seen;
  `);
  expect(result).toEqual([["/bin/true"], ["/bin/false"]]);
});

kernelTest("it leaves no descriptor open, keeps no program alive, and closes twice", NEEDS, () => {
  const result = resultOf(`
    const descriptors = () => readdirSync("/proc/self/fd").map((fd) => {
      try { return fd + readlinkSync("/proc/self/fd/" + fd); } catch { return ""; }
    }).filter((link) => /seccomp|memfd|socket|exec-stop/.test(link)).sort();
    const first = await open();
    await run(first, "/bin/true");
    await first.close();
    await first.close();
    await sleep(100);
    const before = descriptors();
    const stop = await open();
    await run(stop, "/bin/true");
    await stop.close();
    await sleep(100);
    const after = descriptors();
    // Left open on purpose: the program must end by itself all the same.
    const left = await open();
    await run(left, "/bin/true");
    return { before, after, closed: first.closed };
  `);
  expect(result).toMatchObject({ closed: true });
  const { before, after } = result as { before: string[]; after: string[] };
  expect(after).toEqual(before);
});

kernelTest(
  "a limit of processes that is reached is told as what it is",
  [...NEEDS, root, program("setpriv"), program("prlimit")],
  () => {
    const result = resultOf(
      `
      const { stat } = await import("node:fs/promises");
      // Node.js ends when it cannot have those threads that it always has.
      await stat("/");
      execFileSync("prlimit", ["--pid", String(process.pid), "--nproc=1"]);
      return await open().then(() => "opened", ({ name, code, remedy }) => ({ name, code, remedy }));
    `,
      "nobody",
    );
    expect(result).toEqual({
      name: "ExecStopUnavailableError",
      code: "EAGAIN",
      remedy: expect.stringContaining("ulimit -u"),
    });
  },
);

kernelTest("a thread begun before is used once, or ended and gone", NEEDS, () => {
  const result = resultOf(`
    const { beginExecThread } = await import("@task-watchers/exec-stop/thread");
    const descriptors = () => readdirSync("/proc/self/fd").filter((fd) => {
      try { return /seccomp/.test(readlinkSync("/proc/self/fd/" + fd)); } catch { return false; }
    }).length;
    const refused = async (options) => await open(options).then(() => "opened", (error) => error.message);
    const others = { numbers: () => [], onCall: () => {} };
    const thread = await beginExecThread();
    const both = await refused({ thread, others });
    const seen = [];
    const stop = await open({ thread, onExec: ({ path }) => { seen.push(path); } });
    await run(stop, "/bin/true");
    const twice = await refused({ thread });
    await thread.end();
    await run(stop, "/bin/false");
    await stop.close();
    const unused = await beginExecThread();
    await unused.end();
    const ended = await refused({ thread: unused });
    // Left alone on purpose: the program must end by itself all the same.
    await beginExecThread();
    return { seen, both, twice, ended, descriptors: descriptors() };
  `);
  expect(result).toEqual({
    seen: ["/bin/true", "/bin/false"],
    both: expect.stringContaining("others must be left out"),
    twice: "thread must be one that was not used before",
    ended: "thread must be one that was not used before",
    descriptors: 0,
  });
});

for (const surroundings of ["ourselves", "nobody", "new namespaces"] as Surroundings[]) {
  const needs = [...NEEDS, root, program("setpriv"), program("unshare")];
  kernelTest(
    `set-user-ID programs keep their rights unless told, as ${surroundings}`,
    needs,
    () => {
      const result = resultOf(
        `
      const stop = await open();
      const folder = mkdtempSync("/tmp/exec-stop-");
      const out = openSync(folder + "/out", "w+");
      await run(stop, "/bin/grep", ["NoNewPrivs", "/proc/self/status"], { stdio: ["ignore", out, 2] });
      const child = Number(readFileSync(folder + "/out", "utf8").split(":")[1]);
      rmSync(folder, { recursive: true });
      const ours = Number(readFileSync("/proc/self/status", "utf8").match(/NoNewPrivs:\\s*(\\d)/)[1]);
      await stop.close();
      return { losesSetuid: stop.losesSetuid, child, ours };
    `,
        surroundings,
      );
      const loses = surroundings === "nobody";
      expect(result).toEqual({ losesSetuid: loses, child: loses ? 1 : 0, ours: 0 });
    },
  );
}
