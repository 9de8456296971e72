import type { AnyLine } from "@task-watchers/trace";
import { objectOf, textOf, textsOf, timeSince } from "./line-fields.ts";
import { added, type TaskRecord } from "./task-record.ts";

/** Arguments that audit has and the exec has not: they are the same exec's when there is but one of each. */
export function completeFromAudit(task: TaskRecord, originNs: bigint): void {
  if (task.audit.length === 0) return;
  const execs = task.audit.filter(isExec);
  const isTold = task.failedExecs.length > 0;
  for (const line of execs) {
    // Who stops execs tells of the same failures.
    if (isTold || line["success"] !== false) continue;
    const argv = textsOf(line["argv"]);
    const path = pathOf(line);
    const code = textOf(line["errno"]);
    task.failedExecs = added(task.failedExecs, {
      timeNs: timeSince(originNs, line["timeNs"]) ?? task.startNs,
      ...(path !== undefined && { path }),
      ...(argv && { argv }),
      ...(code !== undefined && { code }),
    });
  }
  const good = execs.filter((line) => line["success"] === true);
  if (good.length !== task.execs.length) return;
  task.execs = task.execs.map((exec, i) => {
    const argv = textsOf(good[i]?.["argv"]);
    if (exec.argv !== undefined || argv === undefined) return exec;
    const [cwd, exe] = [textOf(good[i]?.["cwd"]), textOf(good[i]?.["exe"])];
    return {
      ...exec,
      argv,
      ...(exec.cwd === undefined && cwd !== undefined && { cwd }),
      ...(exec.exe === undefined && exe !== undefined && { exe }),
      isAudited: true,
    };
  });
}

function isExec(line: AnyLine): boolean {
  return line["syscallName"] === "execve" || line["syscallName"] === "execveat";
}

function pathOf(line: AnyLine): string | undefined {
  const [first]: readonly unknown[] = Array.isArray(line["paths"]) ? line["paths"] : [];
  return textOf(objectOf(first)?.["name"]);
}
