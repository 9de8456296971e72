import type { ExecEvent, ExecFailedNotice, ExitEvent, Task } from "@task-watchers/chain";
import { expect, test } from "vitest";
import { treeLines } from "./print-tree.ts";
import { styleFor } from "./style.ts";
import { TaskTree } from "./task-tree.ts";

const PLAIN = { style: styleFor({}, {}), columns: 80, maxTasks: 0 };

/** A tree in which each task is made by its parent, at the time of its pid. */
class Planted {
  readonly tree = new TaskTree();
  readonly #tasks = new Map<number, Task>();

  task(pid: number, ppid: number): Task {
    const parent = this.#tasks.get(ppid);
    const ids = { ruid: 0, euid: 0, rgid: 0, egid: 0 };
    return { id: `${pid}.1`, pid, tgid: pid, ppid, startNs: BigInt(pid), parent, ids };
  }

  add(pid: number, ppid: number, argv?: string[], end: Partial<ExitEvent> = { code: 0 }): this {
    const task = this.task(pid, ppid);
    this.#tasks.set(pid, task);
    this.tree.init(task);
    const facts = { exe: "/bin/x", cwd: "/", cgroup: "/" };
    if (argv) this.tree.exec({ type: "exec", timeNs: 0n, argv, ...facts }, task);
    this.tree.exit({ type: "exit", timeNs: 0n, durationNs: 1_500_000n, ...end }, task);
    return this;
  }

  failed(pid: number, notice: Partial<ExecFailedNotice>): this {
    const task = this.#tasks.get(pid);
    const base = { type: "exec-failed", timeNs: 0n, pid, argv: [], certain: true } as const;
    if (task)
      this.tree.execFailed({ ...base, path: "/opt/x/tool", raised: false, ...notice }, task);
    return this;
  }

  lines(options: Partial<typeof PLAIN> = {}): string[] {
    return treeLines(this.tree.roots, { ...PLAIN, ...options }).slice(1);
  }
}

test("treeLines() indents children below their parent, in the order they began", () => {
  const planted = new Planted()
    .add(1, 0, ["make"])
    .add(2, 1, ["sh", "-c", "cc a.c"])
    .add(3, 2, ["cc", "a.c"], { code: 1 })
    .add(4, 1, ["ld"], { signal: 9 });
  expect(planted.lines()).toEqual([
    "       1      1.50 ms  0         make",
    "       2      1.50 ms  0         ├─ sh -c 'cc a.c'",
    "       3      1.50 ms  1         │  └─ cc a.c",
    "       4      1.50 ms  SIGKILL   └─ ld",
  ]);
});

test("treeLines() makes one line of many siblings that are alike", () => {
  const planted = new Planted().add(1, 0, ["sh"]);
  for (let pid = 2; pid < 252; pid++) planted.add(pid, 1, ["/bin/true"]);
  planted.add(300, 1, ["/bin/true"], { code: 1 });
  expect(planted.lines()).toEqual([
    "       1      1.50 ms  0         sh",
    "    ×250      1.50 ms  0         ├─ /bin/true",
    "     300      1.50 ms  1         └─ /bin/true",
  ]);
});

test("treeLines() says how many it left out", () => {
  const planted = new Planted().add(1, 0, ["sh"]);
  for (let pid = 2; pid < 12; pid++) planted.add(pid, 1, ["n", String(pid)]);
  const lines = planted.lines({ maxTasks: 4 });
  expect(lines).toHaveLength(5);
  expect(lines.at(-1)).toBe("… 7 more (--max-tasks 0 shows all)");
});

test("treeLines() puts in parentheses what a task inherited and never replaced", () => {
  const tree = new TaskTree();
  const facts = { argv: ["bash"], exe: "/bin/bash", cwd: "/", cgroup: "/" };
  const exec: ExecEvent = { type: "exec", timeNs: 0n, ...facts };
  tree.init({ id: "5.1", pid: 5, tgid: 5, ppid: 1, startNs: 0n, exec });
  expect(treeLines(tree.roots, PLAIN)[1]).toBe("       5               alive     (bash)");
});

test("treeLines() names the user where it is not the parent's", () => {
  const tree = new TaskTree();
  const parent = { id: "1.1", pid: 1, tgid: 1, ppid: 0, startNs: 0n, ids: ids(1000) };
  tree.init(parent);
  tree.init({ id: "2.1", pid: 2, tgid: 2, ppid: 1, startNs: 0n, parent, ids: ids(0) });
  expect(treeLines(tree.roots, PLAIN)[2]).toBe("       2               alive     └─ [uid 0] (?)");
});

test("treeLines() fits a narrow terminal", () => {
  const planted = new Planted().add(1, 0, ["x".repeat(200)]);
  expect(planted.lines({ columns: 60 })[0]?.length).toBeLessThanOrEqual(60);
});

test("treeLines() puts tasks that began at the same time in the order of their pids", () => {
  const tree = new TaskTree();
  for (const pid of [3, 1, 2]) tree.init({ id: `${pid}.1`, pid, tgid: pid, ppid: 0, startNs: 7n });
  const lines = treeLines(tree.roots, PLAIN).slice(1);
  expect(lines.map((line) => line.trim().charAt(0))).toEqual(["1", "2", "3"]);
});

test("TaskTree does not count the end of a task whose init a watcher stopped", () => {
  const tree = new TaskTree();
  const task = { id: "5.1", pid: 5, tgid: 5, ppid: 1, startNs: 0n };
  tree.exit({ type: "exit", timeNs: 0n, code: 1 }, task);
  tree.free(task);
  expect(tree).toMatchObject({ seen: 0, failed: 0, alive: 0 });
});

test("TaskTree counts what it does not keep", () => {
  const tree = new TaskTree();
  for (let pid = 1; pid <= 50_010; pid++) {
    const task = { id: `${pid}.1`, pid, tgid: pid, ppid: 0, startNs: 0n };
    tree.init(task);
    tree.exit({ type: "exit", timeNs: 0n, code: pid % 2 }, task);
    tree.free(task);
  }
  expect(tree).toMatchObject({ seen: 50_010, notKept: 10, failed: 25_005, alive: 0, peak: 1 });
});

function ids(uid: number) {
  return { ruid: uid, euid: uid, rgid: uid, egid: uid };
}

test("treeLines() shows the exec that a task did not get, and what it ran still", () => {
  const planted = new Planted()
    .add(1, 0, ["make"])
    .add(2, 1, undefined, { code: 127 })
    .failed(2, { code: "ENOENT" })
    .add(3, 1, ["sh", "x"])
    .failed(3, {
      path: "/opt/\u001b[31m",
      code: "EACCES",
      raised: true,
      refused: { by: "deny", errno: 13 },
    });
  expect(planted.lines({ columns: 120 }).map((line) => line.slice(33))).toEqual([
    "make",
    "├─ (?) [exec of tool: ENOENT]",
    String.raw`└─ (?) [exec of $'\x1b[31m': EACCES, refused by deny]`,
  ]);
});

test("treeLines() forgets the misses of a search that found something", () => {
  const planted = new Planted().add(1, 0, ["sh"]);
  const facts = { exe: "/bin/cc", argv: ["cc"], cwd: "/", cgroup: "/" };
  planted.failed(1, { code: "ENOENT" });
  planted.tree.exec({ type: "exec", timeNs: 0n, ...facts }, planted.task(1, 0));
  expect(planted.lines()[0]).toMatch(/cc$/u);
});
