import { readdirSync, readlinkSync } from "node:fs";

/**
 * What every open descriptor of this process points to, sorted, for a comparison before and after. Sockets and pipes
 * appear with their inode, so one that was closed and one that was opened do not cancel out.
 */
export function openDescriptors(): string[] {
  return readdirSync("/proc/self/fd").flatMap(link).sort();
}

function link(fd: string): string[] {
  try {
    return [`${fd} -> ${readlinkSync(`/proc/self/fd/${fd}`)}`];
  } catch {
    // The descriptor that listed the directory.
    return [];
  }
}
