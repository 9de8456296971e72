import type { TaskDelays } from "../watcher/task-delays.ts";

/** Name of the program a task ran, for people: any text at all, never to a terminal as it is. */
export function commandOf({ task: { exec }, comm }: TaskDelays): string {
  const exe = exec?.exe;
  if (typeof exe === "string") return lastPart(exe.replace(/ \(deleted\)$/u, ""));
  const argv = exec?.argv;
  const first = argv !== undefined && "missing" in argv ? undefined : argv?.[0];
  if (first !== undefined && first !== "") return lastPart(first);
  // What was gone before it could be looked at has left its name in its record, cut to 15 bytes.
  return comm || "(unknown)";
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1) || path;
}
