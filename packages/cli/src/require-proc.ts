import { existsSync } from "node:fs";

/** @throws Error that says what to do where there is no /proc: tasks would be watched and none of them found */
export function requireProc(): void {
  if (existsSync("/proc/self")) return;
  const message =
    "there is no /proc here, from which tasks are known; as root: mount -t proc proc /proc";
  throw Object.assign(new Error(message), { code: "ENOENT" });
}
