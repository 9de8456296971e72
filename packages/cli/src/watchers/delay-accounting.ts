import type { HoldEnd } from "@task-watchers/delayacct/switch";

/**
 * Where it was asked for, has the kernel keep waits until this is disposed of, and says so. To be done before a command
 * begins: the kernel keeps waits of tasks that begin afterwards.
 *
 * @throws SwitchUnavailableError before anything was changed
 */
export async function delayAccounting(
  isWanted: boolean,
  say: (line: string) => void,
): Promise<AsyncDisposable | undefined> {
  if (!isWanted) return undefined;
  const { enableDelayAccounting } = await import("@task-watchers/delayacct/switch");
  const hold = await enableDelayAccounting();
  say(
    hold.changed
      ? "kernel.task_delayacct was 0 and is 1 until this ends; tasks that began before have no such figures"
      : "kernel.task_delayacct is 1 already",
  );
  return {
    async [Symbol.asyncDispose]() {
      const line = ENDS[await hold.release()];
      if (line !== undefined && hold.changed) say(line);
    },
  };
}

/** What is worth saying of how it ended. */
const ENDS: Readonly<Record<HoldEnd, string | undefined>> = {
  restored: undefined,
  "still-held": "kernel.task_delayacct stays 1: others hold it; the last of them puts it back",
  "left-alone": "somebody has changed kernel.task_delayacct meanwhile; it is left as it is",
  "guard-lost":
    "kernel.task_delayacct may still be 1: the process that was to put it back was killed; sysctl kernel.task_delayacct=0 does it",
};
