import { type ExecEvent, notifierFromErrno, type TaskWatcher } from "@task-watchers/chain";
import type { DenyList } from "./deny.ts";

/** EACCES, include/uapi/asm-generic/errno-base.h. */
const EACCES = 13;

/** Refuses what is on the list with EACCES, once everybody who only keeps record has been told. */
export function denyWatcher(list: DenyList): TaskWatcher {
  return {
    name: "deny",
    priority: Number.MAX_SAFE_INTEGER - 1,
    exec: ({ stopped, exe }: ExecEvent) =>
      stopped === true && typeof exe === "string" && list.denies(exe)
        ? notifierFromErrno(-EACCES)
        : undefined,
  };
}
