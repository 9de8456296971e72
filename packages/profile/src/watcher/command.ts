import type { ExecEvent } from "@task-watchers/chain";

/** What a program is called where its name is not known. */
export const UNKNOWN_COMMAND = "(unknown)";

/**
 * What people call the program of an exec: its first argument's last part, or its file's. Any text at all; undefined when
 * neither is known.
 */
export function commandOf(exec: ExecEvent | undefined): string | undefined {
  if (exec === undefined) return undefined;
  const { exe, argv } = exec;
  const file = typeof exe === "string" ? lastPart(exe.replace(/ \(deleted\)$/u, "")) : undefined;
  const first = "missing" in argv ? undefined : argv[0];
  if (first === undefined || first === "") return file;
  // A title, such as "sshd: somebody@pts/0", and no path.
  if (/\s/u.test(first)) return file ?? first;
  return lastPart(first);
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1) || path;
}
