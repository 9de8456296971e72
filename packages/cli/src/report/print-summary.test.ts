import type { Task } from "@task-watchers/chain";
import { expect, test } from "vitest";
import { summaryLines } from "./print-summary.ts";
import { styleFor } from "./style.ts";
import { TaskTree } from "./task-tree.ts";

const COUNTERS = {
  raised: { clones: 3, execs: 0, exits: 3, synthetic: 0 },
  missedFacts: { exe: {}, argv: {}, cwd: {}, cgroup: {} },
  execs: { total: 0, bySource: {}, missed: {} },
  backlogDropped: 0,
  abandoned: 0,
  comparisonsFailed: 0,
};

function lines(env: NodeJS.ProcessEnv, columns: number): string[] {
  const tree = new TaskTree();
  const facts = { exe: "/bin/x", cwd: "/somewhere", cgroup: "/" };
  const root: Task = { id: "1.1", pid: 1, tgid: 1, ppid: 0, startNs: 0n };
  tree.init(root);
  for (const [pid, code, durationNs] of [
    [2, 1, 5_000_000n],
    [3, 0, 5_000_000n],
    [4, 0, 7_000_000n],
  ] as const) {
    const task: Task = { id: `${pid}.1`, pid, tgid: pid, ppid: 1, startNs: 0n, parent: root };
    tree.init(task);
    tree.exec({ type: "exec", timeNs: 0n, argv: ["cc", "x".repeat(200)], ...facts }, task);
    tree.exit({ type: "exit", timeNs: 0n, code, durationNs }, task);
  }
  const options = { style: styleFor({}, env), elapsedNs: 9_000_000n };
  const none = { traceLinesDropped: 0, watcherErrors: 0 };
  return summaryLines(tree, COUNTERS, { ...options, columns, ...none });
}

test("summaryLines() fits failed and slow tasks to the columns there are", () => {
  expect(lines({}, 30).slice(0, -1)).toEqual([
    "4 tasks, 1 failed, 1 still alive, at most 2 at once, in 9.00 ms",
    "failed:",
    "       2  1         cc xxxxxx…",
    "slowest:",
    "       4   7.00 ms  cc xxxxxx…",
    "       2   5.00 ms  cc xxxxxx…",
    "       3   5.00 ms  cc xxxxxx…",
  ]);
});

test("summaryLines() ends every colour it begins, however narrow the terminal", () => {
  for (const columns of [10, 30, 220, 240]) {
    const plain = lines({}, columns);
    const colored = lines({ FORCE_COLOR: "1" }, columns);
    const controls = /\u001b\[\d+m/gu;
    expect(colored.map((line) => line.replace(controls, ""))).toEqual(plain);
    for (const line of colored) expect((line.match(controls) ?? []).length % 2).toBe(0);
    expect(colored[2]).toMatch(/^ {2}\u001b\[31m[^\u001b]*\u001b\[39m$/u);
  }
});
