import type { ExecEvent, Task } from "@task-watchers/chain";
import { expect, test } from "vitest";
import { TaskTree } from "./task-tree.ts";

const PARENT: Task = { id: "1.1", pid: 1, tgid: 1, ppid: 0, startNs: 0n };
const EXEC: ExecEvent = {
  type: "exec",
  timeNs: 0n,
  exe: "/bin/sh",
  argv: ["sh", "-c", "a b"],
  cwd: "/",
  cgroup: "/",
};

function live(tree: TaskTree): void {
  tree.init(PARENT);
  tree.exec(EXEC, PARENT);
  const child = { ...PARENT, id: "2.1", pid: 2, ppid: 1, parent: PARENT, exec: EXEC };
  tree.init(child);
  tree.exit({ type: "exit", timeNs: 0n, code: 1 }, child);
  tree.free(child);
}

test("TaskTree shows a fork that ran no program by what its parent runs", () => {
  const tree = new TaskTree();
  live(tree);
  expect(tree.roots[0]?.children[0]?.command).toBe("(sh -c 'a b')");
});

test("TaskTree shows what runs when of several threads' execs one has happened", () => {
  const tree = new TaskTree();
  tree.init(PARENT);
  for (const timeNs of [1n, 2n, 3n]) tree.exec({ ...EXEC, timeNs, argv: [`run${timeNs}`] }, PARENT);
  const lost = { type: "exec-failed", pid: 1, path: "/bin/x", argv: [], certain: true } as const;
  tree.execFailed({ ...lost, timeNs: 1n, raised: true }, PARENT);
  tree.execFailed({ ...lost, timeNs: 2n, raised: true }, PARENT);
  expect(tree.roots[0]).toMatchObject({ command: "run3", failedExec: undefined, execs: 1 });
  tree.execFailed({ ...lost, timeNs: 3n, raised: true }, PARENT);
  expect(tree.roots[0]).toMatchObject({ command: "(?)", failedExec: "x: failed", execs: 0 });
});

test("TaskTree tells an exec that failed before another was made only until that one", () => {
  const tree = new TaskTree();
  tree.init(PARENT);
  tree.exec({ ...EXEC, timeNs: 5n }, PARENT);
  const early = { type: "exec-failed", pid: 1, path: "/bin/x", argv: [], certain: true } as const;
  tree.execFailed({ ...early, timeNs: 4n, raised: false }, PARENT);
  expect(tree.roots[0]?.failedExec).toBeUndefined();
  tree.execFailed({ ...early, timeNs: 6n, raised: false, code: "ENOENT" }, PARENT);
  expect(tree.roots[0]?.failedExec).toBe("x: ENOENT");
});

test("TaskTree without room has the totals, and holds no task", () => {
  const tree = new TaskTree(0);
  live(tree);
  expect(tree.roots).toEqual([]);
  expect(tree.node(PARENT)).toBeUndefined();
  const { seen, failed, alive, peak, notKept } = tree;
  expect({ seen, failed, alive, peak, notKept }).toEqual({
    seen: 2,
    failed: 1,
    alive: 1,
    peak: 2,
    notKept: 2,
  });
});
