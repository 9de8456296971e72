import type { ExecEvent, Task } from "@task-watchers/chain";
import { expect, test } from "vitest";
import { execAt, FakeMachine, fakeTask, sampleAt } from "./fake-machine.fixture.ts";
import type { ProfileOptions } from "./options.ts";
import { createProfile, type Profile } from "./profile.ts";

/** A second, nanoseconds. */
const S = 1_000_000_000n;

function opened(options: ProfileOptions = {}): { machine: FakeMachine; module: Profile } {
  const machine = new FakeMachine();
  const module = createProfile(options, machine);
  void module.open?.(machine.watch);
  return { machine, module };
}

function init(module: Profile, task: Task, existing?: true): void {
  const event = { type: "init", timeNs: task.startNs, ...(existing && { existing }) } as const;
  void module.watcher.init?.(event, task);
}

function exec(module: Profile, task: Task, timeNs: bigint, argv: string[], stopped?: true): void {
  const missing = { missing: "ENOENT" };
  const event: ExecEvent = {
    type: "exec",
    timeNs,
    exe: missing,
    argv,
    cwd: missing,
    cgroup: missing,
    ...(stopped && { stopped }),
  };
  Reflect.set(task, "exec", event);
  void module.watcher.exec?.(event, task);
}

async function exit(module: Profile, task: Task, timeNs: bigint): Promise<void> {
  await module.watcher.exit?.({ type: "exit", timeNs, code: 0 }, task);
}

/** Samples by command, and the names of their stacks. */
function samplesOf(module: Profile): [command: string, ...frames: string[]][] {
  const { samples = [], tasks = [], stacks = [], frames = [] } = module.result() ?? {};
  return samples.map(({ task, stack }) => [
    tasks[task]?.command ?? "",
    ...(stacks[stack] ?? []).map((frame) => frames[frame]?.name ?? ""),
  ]);
}

test("A task has its samples at its end, those told before its beginning as well", async () => {
  const { machine, module } = opened();
  const task = fakeTask(50, 1n * S);
  machine.queue(...execAt(1n * S, 50, "prog"), sampleAt(2n * S, 50, [0x10100n, 0x10201n]));
  machine.options?.onRecord(sampleAt(1n * S + 5n, 50, [0x90000n]));
  init(module, task);
  machine.queue(sampleAt(3n * S, 50, [0x10100n, 0x10201n]), sampleAt(9n * S, 50, [0x10100n]));
  await exit(module, task, 4n * S);
  expect(machine.records).toMatchObject([
    {
      ...{ timeNs: 4n * S, task: task.id, pid: 50, samples: 3, cpuNs: 30_000_000n },
      functions: [
        // The second address is where the caller goes on: its function is that of the byte before.
        { name: "f256", module: "/bin/prog", samples: 2, selfNs: 20_000_000n },
        { name: "[unknown]", samples: 1 },
      ],
    },
  ]);
  await module.close?.();
  expect(samplesOf(module)).toEqual([
    ["(unknown)", "[unknown]"],
    ["prog", "f512", "f256"],
    ["prog", "f512", "f256"],
  ]);
  expect(module.status().counters).toMatchObject({ settled: 3, others: 1, waiting: 0 });
  expect(machine.forgotten).toEqual([50]);
});

test("A sample has the command that was run when it was made", async () => {
  const { machine, module } = opened();
  const [shell, child] = [fakeTask(50, 1n * S), fakeTask(51, 2n * S)];
  init(module, shell);
  machine.queue(...execAt(1n * S, 50, "sh"));
  exec(module, shell, 1n * S + 9n, ["/bin/dash", "-c", "x"]);
  const fork = { type: "fork", pid: 51, tid: 51, ppid: 50, ptid: 50, timeNs: 2n * S } as const;
  machine.queue(fork, sampleAt(2n * S + 1n, 51, [0x10010n]));
  machine.queue(...execAt(3n * S, 51, "long-name-cut-"), sampleAt(3n * S + 1n, 51, [0x10020n]));
  init(module, child);
  // Before the event of the exec, though after the exec.
  machine.queue(sampleAt(3n * S + 2n, 51, [0x10020n]));
  exec(module, child, 3n * S + 9n, ["/opt/long-name-cut-short"]);
  machine.queue(sampleAt(4n * S, 51, [0x10020n]), sampleAt(4n * S + 1n, 50, [0x10030n]));
  await exit(module, child, 5n * S);
  await exit(module, shell, 6n * S);
  await module.close?.();
  expect(samplesOf(module)).toEqual([
    ["dash", "f16"],
    ["long-name-cut-short", "f32"],
    ["long-name-cut-short", "f32"],
    ["long-name-cut-short", "f32"],
    ["dash", "f48"],
  ]);
  expect(module.result()?.tasks).toMatchObject([
    { pid: 51, command: "dash" },
    { pid: 51, command: "long-name-cut-short" },
    { pid: 50, command: "dash" },
  ]);
});

test("An exec that was told of before it was made names the program that it begins", async () => {
  const { machine, module } = opened();
  const task = fakeTask(50, 1n * S);
  init(module, task);
  exec(module, task, 2n * S, ["/opt/long-name-cut-short"], true);
  machine.queue(...execAt(2n * S + 5n, 50, "long-name-cut-"), sampleAt(3n * S, 50, [0x10010n]));
  machine.queue(sampleAt(4n * S, 50, [0x10010n]));
  exec(module, task, 5n * S, ["/opt/second"], true);
  machine.queue(sampleAt(5n * S + 1n, 50, [0x10010n]));
  machine.queue(...execAt(5n * S + 5n, 50, "second"), sampleAt(6n * S, 50, [0x10010n]));
  await exit(module, task, 7n * S);
  await module.close?.();
  expect(samplesOf(module).map(([command]) => command)).toEqual([
    ...["long-name-cut-short", "long-name-cut-short", "long-name-cut-short", "second"],
  ]);
});

test("A task that took over a pid has none of the samples of the one before", async () => {
  const { machine, module } = opened();
  machine.queue(sampleAt(1n * S, 50, [0x10010n]));
  const task = fakeTask(50, 5n * S);
  init(module, task);
  machine.queue(sampleAt(6n * S, 50, [0x10010n]));
  await exit(module, task, 7n * S);
  expect(machine.records).toMatchObject([{ samples: 1 }]);
  expect(module.status().counters).toMatchObject({ settled: 1, others: 1 });
});

test("Threads are their process's, unless they are tasks", async () => {
  const { machine, module } = opened();
  const [process, thread] = [fakeTask(50, 1n * S), fakeTask(52, 1n * S, 50)];
  init(module, process);
  init(module, thread);
  for (const tid of [50, 51, 52]) machine.queue(sampleAt(2n * S, tid, [0x1n], 50));
  await exit(module, thread, 3n * S);
  await exit(module, process, 3n * S);
  expect(machine.records).toMatchObject([
    { pid: 52, samples: 1 },
    { pid: 50, samples: 2 },
  ]);
});

test("What outlives the watch has its samples, too, and is said to live", async () => {
  const { machine, module } = opened();
  const task = fakeTask(50, 1n * S);
  init(module, task, true);
  machine.queue(sampleAt(2n * S, 50, [0x1n]));
  await module.watcher.free?.({ type: "free", timeNs: 3n * S, synthetic: "watch-closed" }, task);
  await module.close?.();
  expect(machine.records).toMatchObject([{ pid: 50, samples: 1, alive: true }]);
  expect(machine.isClosed).toBe(true);
});

test("A task that ended has nothing more at its free, nor has one of an earlier pid", async () => {
  const { machine, module } = opened();
  const [first, second] = [fakeTask(50, 1n * S), fakeTask(50, 5n * S)];
  init(module, first);
  machine.queue(sampleAt(2n * S, 50, [0x1n]));
  await exit(module, first, 3n * S);
  init(module, second);
  await module.watcher.free?.({ type: "free", timeNs: 6n * S }, first);
  expect(machine.records).toHaveLength(1);
  machine.queue(sampleAt(7n * S, 50, [0x1n]));
  await exit(module, second, 8n * S);
  expect(machine.records).toHaveLength(2);
});

test("Samples of nobody, and of what has no number any more, are counted", async () => {
  const { machine, module } = opened();
  machine.queue(sampleAt(2n * S, 50, [0x1n]), sampleAt(2n * S, -1, [0x1n]));
  await module.close?.();
  expect(module.status().counters).toMatchObject({ others: 2, settled: 0, waiting: 0 });
  expect(module.result()?.samples).toEqual([]);
  expect(module.result()?.notes).toContain(
    "2 samples were of tasks that are not watched, and left out",
  );
});

test("Samples beyond the limit are added to those that are kept", async () => {
  const { machine, module } = opened({ maxSamples: 2 });
  const task = fakeTask(50, 1n * S);
  machine.queue(...execAt(1n * S, 50, "prog"));
  init(module, task);
  for (const [n, ip] of [0x10010n, 0x10020n, 0x10010n, 0x10030n, 0x10040n].entries()) {
    machine.queue(sampleAt(2n * S + BigInt(n), 50, [ip]));
  }
  await exit(module, task, 3n * S);
  await module.close?.();
  expect(samplesOf(module)).toEqual([
    ["prog", "f16"],
    ["prog", "f32"],
    ["prog", "[not kept]"],
  ]);
  const weights = module.result()?.samples.map(({ weightNs }) => weightNs);
  expect(weights).toEqual([20_000_000, 10_000_000, 20_000_000]);
  expect(module.status().counters).toMatchObject({ settled: 5, addedUp: 3 });
  expect(machine.records).toMatchObject([{ samples: 5, cpuNs: 50_000_000n }]);
});

test("A lot of samples is settled a part at a time, and all of it", async () => {
  const { machine, module } = opened();
  const task = fakeTask(50, 1n * S);
  init(module, task);
  for (let n = 0; n < 50_000; n++) machine.queue(sampleAt(2n * S, 50, [BigInt(n)]));
  const settled = module.watcher.exit?.({ type: "exit", timeNs: 3n * S }, task);
  expect(settled).toBeInstanceOf(Promise);
  await settled;
  expect(machine.records).toMatchObject([{ samples: 50_000 }]);
});

test("Closing settles what is still on its way", async () => {
  const { machine, module } = opened();
  const task = fakeTask(50, 1n * S);
  init(module, task);
  for (let n = 0; n < 50_000; n++) machine.queue(sampleAt(2n * S, 50, [BigInt(n)]));
  const settled = module.watcher.exit?.({ type: "exit", timeNs: 3n * S }, task);
  await module.close?.();
  await settled;
  expect(machine.records).toMatchObject([{ samples: 50_000 }]);
  expect(module.result()?.samples).toHaveLength(50_000);
});

test("The summary has commands, then their functions, and says what is not known", async () => {
  const { machine, module } = opened();
  const task = fakeTask(50, 1n * S);
  machine.queue(...execAt(1n * S, 50, "prog"));
  init(module, task);
  machine.queue(sampleAt(2n * S, 50, [0x10010n]), sampleAt(2n * S, 50, [0x10010n]));
  machine.queue({ ...sampleAt(2n * S, 50, [0x10950n]), mode: "kernel" });
  machine.counters = { ...machine.counters, lost: 7, throttled: 2 };
  await exit(module, task, 3n * S);
  init(module, fakeTask(51, 1n * S));
  await module.close?.();
  const [commands, functions] = module.summary();
  expect(commands?.rows).toEqual([["prog", "1", "30.0 ms", "100.0 %", "33.3 %", "3"]]);
  expect(functions?.rows).toEqual([
    ["66.7 %", "20.0 ms", "2", "f16", "/bin/prog"],
    ["33.3 %", "10.0 ms", "1", "f2384", "/bin/prog"],
  ]);
  const notes = commands?.notes.join("\n");
  expect(notes).toContain("sampled 100 times a second of CPU time");
  expect(notes).toContain("a note of the sampler");
  expect(notes).toContain("a note on symbols");
  expect(notes).toContain("7 records were lost");
  expect(notes).toContain("paused sampling 2 times");
  expect(notes).toContain("1 of 2 tasks have no sample: a task gets its first after 10.0 ms");
  expect(notes).toContain("33.3 % of frames have no name");
});

test("Code compiled at run time without a name is said to be, with the way out", async () => {
  const { machine, module } = opened();
  const task = fakeTask(50, 1n * S);
  const [comm, map] = execAt(1n * S, 50, "node");
  if (comm?.type !== "comm" || map?.type !== "map") throw new Error("no exec");
  machine.queue(comm, map, { ...map, start: 0x90000n, end: 0xa0000n, inode: 0n, path: "//anon" });
  init(module, task);
  machine.queue(sampleAt(2n * S, 50, [0x10010n]), sampleAt(2n * S, 50, [0x90010n]));
  await exit(module, task, 3n * S);
  await module.close?.();
  expect(module.result()?.notes).toContainEqual(
    expect.stringMatching(
      /^50\.0 % of samples were in code compiled at run time .*--node-perf-maps/u,
    ),
  );
});

test("configure() changes the next watch, and refuses to during one", async () => {
  const machine = new FakeMachine();
  const module = createProfile({ frequencyHz: 50, ringPages: 4 }, machine);
  module.configure({ frequencyHz: 200, target: { kind: "host" } });
  await module.open?.(machine.watch);
  expect(machine.options).toMatchObject({
    frequencyHz: 200,
    ringPages: 4,
    target: { kind: "host" },
  });
  expect(module.result()).toBeUndefined();
  expect(() => module.configure({})).toThrow(expect.objectContaining({ code: "EBUSY" }));
  await module.close?.();
  expect(() => module.configure({ frequencyHz: 0 })).toThrow("frequencyHz");
  await module.open?.(machine.watch);
  expect(machine.options?.frequencyHz).toBe(200);
  await module.close?.();
});

test("createProfile() refuses a bad option before anything is done", () => {
  expect(() => createProfile({ name: "" })).toThrow("name must be a text");
  expect(() => createProfile({ maxSamples: 0 })).toThrow("maxSamples must be a whole number");
  expect(() => createProfile({ ringPages: 3 })).toThrow("ringPages must be a power of two");
});

test("Before it is opened a module has counted nothing", () => {
  const module = createProfile({}, new FakeMachine());
  expect(module.status()).toEqual({ state: "loaded", counters: {}, notes: [] });
  expect(module.summary()).toEqual([]);
  expect(module.result()).toBeUndefined();
});
