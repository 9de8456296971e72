import { describe, expect, test } from "vitest";
import { beginning, end, SECOND, tasksOf } from "./live-task.fixture.ts";
import { LiveTasks } from "./live-tasks.ts";

describe("LiveTasks", () => {
  test("counts what happened, and who lives", () => {
    const tasks = tasksOf([1, 0], [2, 1]);
    tasks.began(beginning(3, 1, { existing: true }));
    tasks.executed("2.1", {
      command: "cc a.c",
      exe: "/bin/cc",
      cwd: "/",
      cgroup: "/",
      euid: undefined,
    });
    end(tasks, 2, 2n * SECOND, true);
    const { forks, execs, exits, failed } = tasks;
    expect({ forks, execs, exits, failed }).toEqual({ forks: 2, execs: 1, exits: 1, failed: 1 });
    expect([...tasks.living].map(({ pid }) => pid)).toEqual([1, 3]);
    expect(tasks.get("2.1")).toMatchObject({ command: "cc a.c", euid: 0, execs: 1 });
  });

  test("finds the parent by its id, by its pid, and a thread's by its process", () => {
    const tasks = new LiveTasks();
    const first = tasks.began(beginning(1, 0));
    end(tasks, 1, SECOND);
    const second = tasks.began(beginning(1, 0, { id: "1.2" }));
    expect(tasks.began(beginning(5, 9, { parentId: "1.1" })).parent).toBe(first);
    expect(tasks.began(beginning(6, 1)).parent).toBe(second);
    expect(tasks.began(beginning(7, 0, { tgid: 1 })).parent).toBe(second);
    expect(tasks.began(beginning(8, 77)).parent).toBeUndefined();
  });

  test("takes an exec back that did not happen", () => {
    const tasks = tasksOf([1, 0]);
    const facts = { exe: undefined, cwd: undefined, cgroup: undefined, euid: undefined };
    tasks.executed("1.1", { command: "curl", ...facts });
    tasks.notExecuted("1.1");
    expect(tasks.get("1.1")).toMatchObject({ command: "command 1", execs: 0 });
    expect(tasks.execs).toBe(0);
  });

  test("keeps the latest that ended and all that live, however many there were", () => {
    const tasks = tasksOf([1, 0], [2, 1], [3, 2]);
    end(tasks, 2, SECOND);
    for (let pid = 10; pid < 10_000; pid++) {
      tasks.began(beginning(pid, 1));
      end(tasks, pid, SECOND);
    }
    const kept = [...tasks.all()];
    expect(kept.length).toBeLessThan(2100);
    expect(tasks.get("9999.1")).toBeDefined();
    expect(tasks.get("10.1")).toBeUndefined();
    // Its child lives.
    expect(tasks.get("2.1")).toBeDefined();
    expect(tasks.get("1.1")?.children.size).toBeLessThan(2100);
    expect(tasks.exits).toBe(9991);
  });

  test("counts losses, and those that nobody counted", () => {
    const tasks = new LiveTasks();
    for (const count of [3, null, 4]) tasks.missed(count);
    expect([tasks.lost, tasks.lostUncounted]).toEqual([7, 1]);
  });
});
