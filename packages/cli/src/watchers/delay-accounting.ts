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
  return hold;
}
