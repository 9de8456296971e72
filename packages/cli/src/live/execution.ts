import type { ExecEvent, TaskIds } from "@task-watchers/chain";
import { describeCommand } from "../report/task-tree.ts";
import { printable } from "../report/terminal-text.ts";
import type { Execution } from "./live-tasks.ts";

type ExecFacts = Pick<ExecEvent, "exe" | "argv" | "argvTruncatedBytes" | "cwd" | "cgroup">;

/** An exec for the screen. */
export function executionOf(facts: ExecFacts, ids: TaskIds | undefined): Execution {
  const { exe, cwd, cgroup } = facts;
  return {
    command: describeCommand(facts),
    exe: typeof exe === "string" ? printable(exe) : undefined,
    cwd: typeof cwd === "string" ? printable(cwd) : undefined,
    cgroup: typeof cgroup === "string" ? printable(cgroup) : undefined,
    euid: ids?.euid,
  };
}
