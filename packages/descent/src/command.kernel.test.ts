// Needs of the kernel: perf events on our own threads, seccomp notification, pidfds that tell exits (Linux 6.15).
import { realpathSync } from "node:fs";
import { basename } from "node:path";
import { kernel, kernelTest } from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { eventsOf, sequenceOf } from "./sequence.fixture.ts";
import { type Seen, type SeenTask, watched } from "./watched.fixture.ts";

const needs = [kernel("6.15")];
const shell = basename(realpathSync("/bin/sh"));

for (const [command, end, exit] of [
  ["exit 3", { code: 3 }, "exit:3"],
  ["kill -9 $$", { signal: "SIGKILL" }, "exit:signal 9"],
  ["kill -SEGV $$", { signal: "SIGSEGV" }, "exit:signal 11"],
] as const) {
  for (const perf of [true, false]) {
    const how = perf ? "" : ", also where perf is refused";
    kernelTest(`the end of \`${command}\` is told as it was${how}`, needs, () => {
      const seen = watched({
        source: "descent",
        options: { perf },
        command: ["/bin/sh", "-c", command],
      });
      expect(seen.end).toEqual(end);
      expect(seen.tasks.map(sequenceOf)).toEqual([`init clone exec:${shell} ${exit} free`]);
    });
  }
}

kernelTest(
  "facts of an exec come from the stop, and the program is the one that runs",
  needs,
  () => {
    const seen = watched({
      source: "descent",
      command: ["sh", "-c", "cd /; exec /bin/true a 'b c'"],
    });
    const [, exec] = eventsOf(seen, "exec");
    expect(exec).toMatchObject({ argv: ["/bin/true", "a", "b c"], cwd: "/", source: "stop" });
    expect(String(exec?.["exe"])).toMatch(/\/bin\/true$/u);
  },
);

kernelTest(
  "4,800 execs at sixteen in parallel: all with their arguments and their ends",
  needs,
  () => {
    const each = "i=0; while [ $i -lt 300 ]; do /bin/true $1 $i; i=$((i + 1)); done";
    const all = `for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do sh -c '${each}' sh $n & done; wait`;
    const seen = watched({ source: "descent", command: ["sh", "-c", all] });
    const { lost = 0, late = 0 } = seen.counters;
    const ran = eventsOf(seen, "exec").filter(({ exe }) => String(exe).endsWith("/true"));
    const argvs = new Set(ran.map(({ argv }) => JSON.stringify(argv)));
    // What a machine that stands still for long may lose is counted.
    expect(argvs.size + lost).toBeGreaterThanOrEqual(4800);
    expect(late).toBe(0);
    if (lost > 0) return;
    expect(ran.length).toBe(4800);
    expect(eventsOf(seen, "exit").filter(({ code }) => code === 0).length).toBe(1 + 16 + 4800);
    expect(seen.counters).toMatchObject({ statusMissing: 0, unstoppedExecs: 0 });
  },
);

kernelTest(
  "what a small ring lost is counted and told, and every task is told to its end",
  needs,
  () => {
    const forks = "i=0; while [ $i -lt 2000 ]; do (:) & i=$((i + 1)); done; wait";
    const options = { ringPages: 1, exits: false };
    const once = (): Seen => watched({ source: "descent", options, command: ["sh", "-c", forks] });
    let seen = once();
    // A quick reader on a quiet machine may lose nothing.
    for (let tries = 1; seen.counters["lost"] === 0 && tries < 10; tries++) seen = once();
    const counted = seen.counters["lost"] ?? 0;
    const told = (seen.losses as ReadonlyArray<{ readonly count: number }>).map(
      ({ count }) => count,
    );
    expect(counted).toBeGreaterThan(0);
    expect(told.reduce((sum, count) => sum + count, 0)).toBe(counted);
    const last = (task: SeenTask): unknown => task.events.at(-1)?.type;
    expect(new Set(seen.tasks.map(last))).toEqual(new Set(["free"]));
  },
);
