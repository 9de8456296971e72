// Needs of the kernel: SysV semaphores, pidfds (Linux 5.3); for the second test the process events connector (any user since
// Linux 6.6). A C compiler. SEMUNDO_HOLDERS=10000 is the full size; SEMUNDO_HOLD_MS=160 leaves the
// machine time enough for what is measured on the way.
import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import {
  compileC,
  compiler,
  initialNamespaces,
  installed,
  kernel,
  kernelTest,
  startLoad,
} from "@task-watchers/kernel-test";
import { readFileSync } from "node:fs";
import { expect, vi } from "vitest";
import { openSemaphores } from "../set/open-semaphores.ts";
import { PROGRAM } from "./killed-holders.fixture.ts";

const HOLDERS = Number(process.env["SEMUNDO_HOLDERS"] ?? "1000");
/** Longer than needed for the count: so that the machine has time, and what is measured is not the queue for a CPU. */
const HOLD_MS = process.env["SEMUNDO_HOLD_MS"] ?? "40";
const [PROCESSES, LANES, UNITS] = [8, 16, 32];

vi.setConfig({ testTimeout: 300_000 });

interface Outcome {
  readonly refused: number;
  readonly acquired: readonly string[];
  readonly undone: readonly (readonly [killedNs: string, undoneNs: string])[];
  readonly reasons: Readonly<Record<string, number>>;
  readonly counters: Readonly<Record<string, number>>;
  readonly lost: number | string;
}

const NEEDS = [kernel("5.3"), compiler];

kernelTest(
  "holders killed at random points in 8 processes give every unit back exactly once",
  NEEDS,
  async () => {
    await holdAndKill("quiet", 0);
  },
);

kernelTest(
  "and so they do while the queue of task events overflows",
  [...NEEDS, kernel("6.6"), initialNamespaces],
  async () => {
    const seconds = Math.max(5, HOLDERS / 500);
    const load = startLoad({ rate: 20_000, seconds, workers: 2, execPercent: 10 });
    const outcomes = await holdAndKill("overflow", 2);
    await load;
    expect(outcomes.reduce((sum, { lost }) => sum + Number(lost), 0)).toBeGreaterThan(0);
  },
);

/** @param watchers of the processes, how many listen to task events */
async function holdAndKill(name: string, watchers: number): Promise<Outcome[]> {
  const key = randomInt(1, 0x7fff_ffff);
  const set = await openSemaphores({
    key,
    count: 1,
    create: true,
    exclusive: true,
    initial: UNITS,
  });
  try {
    const running = Array.from({ length: PROCESSES }, (_, i) => start(key, i < watchers));
    await Promise.all(running.map(({ ready }) => ready));
    for (const { begin } of running) begin();
    const outcomes = await Promise.all(running.map(({ outcome }) => outcome));
    const sum = (count: (outcome: Outcome) => number): number =>
      outcomes.reduce((total, outcome) => total + count(outcome), 0);
    print(name, outcomes);
    // Whatever the record of one of the processes had been left with, the kernel would have given back by now.
    expect(set.values()).toEqual([UNITS]);
    expect(sum(({ acquired, refused }) => acquired.length + refused)).toBe(
      Math.floor(HOLDERS / PROCESSES) * PROCESSES,
    );
    expect(sum(({ undone }) => undone.length)).toBe(sum(({ acquired }) => acquired.length));
    for (const { counters } of outcomes) {
      expect(counters).toMatchObject({ holders: 0, dropped: 0, failed: 0, setsGone: 0 });
    }
    return outcomes;
  } finally {
    set.remove();
    await set.close();
  }
}

interface Running {
  readonly ready: Promise<unknown>;
  readonly outcome: Promise<Outcome>;
  begin(): void;
}

function start(key: number, watched: boolean): Running {
  const source = readFileSync(new URL("./nest.c", import.meta.url), "utf8");
  const nest = compileC(source, "semundo-nest", ["-O2"]);
  const numbers = [key, Math.floor(HOLDERS / PROCESSES), LANES].map(String);
  const args = [...numbers, nest, watched ? "yes" : "no", HOLD_MS];
  const child = spawn(process.execPath, ["--input-type=module", "-e", PROGRAM, ...args], {
    cwd: installed("semundo"),
    stdio: ["pipe", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (more: string) => (text += more));
  const ended = once(child, "close");
  return {
    ready: Promise.race([once(child.stdout, "data"), ended]),
    begin: () => void child.stdin.end("\n"),
    outcome: ended.then(([code]) => {
      expect(code).toBe(0);
      return JSON.parse(text.replace(/^ready\n/u, "")) as Outcome;
    }),
  };
}

/**
 * The units are always wanted: the n-th that goes back wakes the n-th waiter. Those acquired without a wait, at first as many as
 * there are, are left out, and so are the last, when there are fewer waiters than units.
 */
function print(name: string, outcomes: readonly Outcome[]): void {
  const undone = outcomes
    .flatMap((outcome) =>
      outcome.undone.map(([killed, at]) => [BigInt(killed), BigInt(at)] as const),
    )
    .sort((a, b) => Number(a[1] - b[1]));
  const acquired = outcomes
    .flatMap((outcome) => outcome.acquired.map(BigInt))
    .sort((a, b) => Number(a - b))
    .slice(UNITS, -PROCESSES * LANES);
  const toUndo = undone.map(([killed, at]) => Number(at - killed) / 1e6);
  const toWaiter = acquired.map((at, i) => Number(at - (undone[i]?.[0] ?? at)) / 1e6);
  const lost = outcomes.reduce((sum, outcome) => sum + Number(outcome.lost), 0);
  const reasons = JSON.stringify(outcomes.map((outcome) => outcome.reasons));
  process.stderr.write(
    `${name}: ${undone.length} undone, events lost ${lost}; ms from death to undo ${quantiles(toUndo)}, ` +
      `to the next waiter running ${quantiles(toWaiter)}; ${reasons}\n`,
  );
}

function quantiles(values: readonly number[]): string {
  const sorted = Array.from(values).sort((a, b) => a - b);
  return [0.5, 0.99, 1]
    .map((q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))])
    .map((value, i) => `${["p50", "p99", "max"][i]} ${value?.toFixed(2)}`)
    .join(" ");
}
