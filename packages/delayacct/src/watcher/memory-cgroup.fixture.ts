import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import type { Need } from "@task-watchers/kernel-test";

/** A control group with little memory. */
export interface MemoryCgroup extends Disposable {
  /** Whoever writes its pid there is in it. */
  readonly procs: string;
}

interface Hierarchy {
  readonly root: string;
  readonly limit: string;
}

const V1: Hierarchy = { root: "/sys/fs/cgroup/memory", limit: "memory.limit_in_bytes" };
const V2: Hierarchy = { root: "/sys/fs/cgroup", limit: "memory.max" };

/** A hierarchy with the memory controller, of either version, in which groups can be made. */
export const memoryCgroups: Need = {
  name: "a writable memory control group",
  isMet: () => {
    try {
      makeMemoryCgroup(64 * 1024 * 1024)[Symbol.dispose]();
      return true;
    } catch {
      return false;
    }
  },
};

/** Makes a group; whoever disposes of it has ended what was in it. @throws Error where none can be made */
export function makeMemoryCgroup(bytes: number): MemoryCgroup {
  const { root, limit } = existsSync(`${V1.root}/${V1.limit}`) ? V1 : V2;
  const path = `${root}/task-watchers-test-${process.pid}`;
  mkdirSync(path);
  try {
    if (root === V2.root && !hasMemory(path))
      writeFileSync(`${root}/cgroup.subtree_control`, "+memory");
    writeFileSync(`${path}/${limit}`, String(bytes));
  } catch (error) {
    rmdirSync(path);
    throw error;
  }
  return { procs: `${path}/cgroup.procs`, [Symbol.dispose]: () => rmdirSync(path) };
}

function hasMemory(path: string): boolean {
  return readFileSync(`${path}/cgroup.controllers`, "utf8").split(/\s+/u).includes("memory");
}
