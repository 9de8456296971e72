import { readlinkSync } from "node:fs";
import { type ExecEvent, notifierFromErrno, type TaskWatcher } from "@task-watchers/chain";
import { locateFile } from "@task-watchers/linux/locate-file";
import { decodeText, encodeText } from "@task-watchers/linux/text";
import type { DenyList } from "./deny.ts";

/** EACCES, include/uapi/asm-generic/errno-base.h. */
const EACCES = 13;

/** Refuses what is on the list with EACCES, once everybody who only keeps record has been told. */
export function denyWatcher(list: DenyList): TaskWatcher {
  return {
    name: "deny",
    priority: Number.MAX_SAFE_INTEGER - 1,
    exec: ({ stopped, exe }: ExecEvent) =>
      stopped === true && typeof exe === "string" && denies(list, exe)
        ? notifierFromErrno(-EACCES)
        : undefined,
  };
}

/**
 * Whether the file is on the list, as it is called or as what it is a symbolic link to. A link on a file system that may keep us waiting, as
 * FUSE or NFS, is followed only if the kernel remembers it: the process behind that may be one that waits for us.
 *
 * @param path absolute
 */
export function denies(list: DenyList, path: string): boolean {
  if (list.matches(path)) return true;
  const real = realPath(path);
  return real !== undefined && real !== path && list.matches(real);
}

function realPath(path: string): string | undefined {
  const found = locateFile(encodeText(path));
  if (found === undefined || typeof found === "string") return undefined;
  try {
    return decodeText(readlinkSync(`/proc/self/fd/${found.number}`, "buffer"));
  } catch {
    return undefined;
  } finally {
    found.close();
  }
}
