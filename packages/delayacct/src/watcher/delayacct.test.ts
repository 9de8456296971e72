import { TaskWatchers, type TraceLine, type Watch } from "@task-watchers/chain";
import { expect, test } from "vitest";
import type { ExitListener, ExitListenerOptions } from "../taskstats/exit-record.ts";
import { TaskstatsUnavailableError } from "../taskstats/unavailable.ts";
import { createDelayacct } from "./delayacct.ts";
import { exitAt, fakeTask, S } from "./fake-tasks.fixture.ts";
import type { DelayacctOptions, Machine } from "./options.ts";

const refused: Machine = {
  listen: () => Promise.reject(new TaskstatsUnavailableError("EPERM", "no right", "run as root")),
  switchState: () => "off",
};

/** A machine that gives a listener without any records. */
function silent(closed: string[] = []): Machine {
  const counters = { records: 0, lost: 0, spoofed: 0, unasked: 0, malformed: 0, overruns: 0 };
  return {
    switchState: () => "on",
    listen: ({ onLost }: ExitListenerOptions) => {
      const close = (): Promise<void> => {
        closed.push("closed");
        return Promise.resolve();
      };
      onLost({ reason: "overrun", count: 3, cpu: 0, sinceNs: 0n, untilNs: 10n * S });
      const listener: ExitListener = {
        ...{ cpus: [0], receiveBufferBytes: 1, counters, closed: false, close },
        ...{ ref: () => {}, unref: () => {}, drain: () => {} },
        [Symbol.asyncDispose]: close,
      };
      return Promise.resolve(listener);
    },
  };
}

async function setUp(options: DelayacctOptions, machine: Machine) {
  const watchers = new TaskWatchers({ onError: () => {} });
  const lines: TraceLine[] = [];
  const module = createDelayacct(options, machine);
  watchers.load(module);
  const watch: Watch = { tasks: () => [], writeLine: (line) => void lines.push(line) };
  return { watchers, module, lines, stop: await watchers.startWatch(watch) };
}

test("Without the right it falls back to /proc, and says why and what would help", async () => {
  const { module, stop } = await setUp({}, refused);
  const { state, notes, counters } = module.status();
  expect(state).toBe("open");
  expect(notes.join("\n")).toMatch(/from \/proc[^]*no right \(EPERM\); run as root/u);
  expect(notes.join("\n")).toContain("kernel.task_delayacct is 0");
  expect(counters).toEqual({ tasks: 0, sampled: 0, looksLeftOut: 0, missing: 0 });
  await stop();
  expect(module.status().state).toBe("loaded");
});

test('With source "taskstats" it does not: the module fails', async () => {
  const { watchers, stop } = await setUp({ source: "taskstats" }, refused);
  expect(watchers.list()).toMatchObject([
    { state: "failed", error: expect.stringContaining("no right") },
  ]);
  await stop();
});

test("A task whose record was lost has a line that says so, and is in the summary's notes", async () => {
  const closed: string[] = [];
  const { watchers, module, lines, stop } = await setUp({}, silent(closed));
  const task = fakeTask(10, 1n * S);
  const child = fakeTask(11, 2n * S, task);
  for (const one of [task, child]) watchers.chain.raise({ type: "init", timeNs: one.startNs }, one);
  watchers.chain.raise(exitAt(3n * S), child);
  watchers.chain.raise({ type: "free", timeNs: 3n * S }, child);
  expect(lines).toMatchObject([{ type: "delays", task: "11.200", missing: { record: "lost" } }]);
  expect(module.status().counters).toMatchObject({ tasks: 1, joined: 0, missing: 1, lost: 3 });
  await stop();
  expect(closed).toEqual(["closed"]);
  const [table] = module.summary();
  expect(table?.title).toBe("where the time of 1 process went");
  expect(table?.notes).toEqual([
    "figures are from taskstats, as of each task's end",
    expect.stringContaining("of 1 process the record was lost"),
  ]);
});

test("listen() hears of every task until it is undone, and its error is the watcher's", async () => {
  const { watchers, module, stop } = await setUp({}, silent());
  const heard: string[] = [];
  const undo = module.listen(({ task }) => void heard.push(task.id));
  const end = (pid: number): void => {
    const task = fakeTask(pid, 1n * S);
    watchers.chain.raise({ type: "init", timeNs: 1n * S }, task);
    watchers.chain.raise(exitAt(3n * S), task);
  };
  end(10);
  undo();
  end(11);
  expect(heard).toEqual(["10.100"]);
  module.listen(() => {
    throw new Error("disk full");
  });
  module.listen(({ task }) => void heard.push(task.id));
  end(12);
  expect(heard).toEqual(["10.100", "12.100"]);
  expect(watchers.list()).toMatchObject([{ errors: 1 }]);
  await stop();
});

test.each([
  [{ source: "guess" }, 'source must be "auto", "taskstats" or "proc", got guess'],
  [{ name: 5 }, "name must be a text that is not empty, got 5"],
  [{ intervalMs: "500" }, "intervalMs must be a number from 10 to 3600000, got 500"],
  [{ intervalMs: 0 }, "intervalMs must be from 10 to 3600000, got 0"],
  [{ receiveBufferBytes: 1.5 }, "receiveBufferBytes must be a whole number of bytes"],
])("createDelayacct() refuses %j", (options, message) => {
  expect(() => createDelayacct(options as DelayacctOptions)).toThrow(message);
});
