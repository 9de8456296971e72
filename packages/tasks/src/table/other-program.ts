import type { ExecEvent, Missing } from "@task-watchers/chain";

/** Whether a process that runs this executable has made another exec since the last that is known. */
export function isOtherProgram(known: ExecEvent | undefined, exe: string | Missing): boolean {
  // A stopped one is known by the path it was called by, and was not missed.
  if (known === undefined || known.stopped) return false;
  const { exe: before } = known;
  return (
    typeof exe === "string" && typeof before === "string" && undeleted(exe) !== undeleted(before)
  );
}

/** The kernel appends this to the path of an executable that was unlinked while it runs. */
function undeleted(exe: string): string {
  return exe.replace(/ \(deleted\)$/u, "");
}
