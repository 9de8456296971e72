import { semaphoreStatus } from "@task-watchers/linux";
import type { SemaphoreStat } from "./types.ts";

/** What the kernel tells of a set, in plain numbers. @throws SyscallError */
export function readStat(id: number): SemaphoreStat {
  const { key, uid, gid, creatorUid, creatorGid, mode, ...status } = semaphoreStatus(id);
  return {
    key: key >>> 0,
    uid,
    gid,
    creatorUid,
    creatorGid,
    mode,
    count: Number(status.count),
    operatedAt: Number(status.operatedAt),
    changedAt: Number(status.changedAt),
  };
}
