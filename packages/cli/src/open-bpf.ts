import type { PreparedBpfSource } from "@task-watchers/bpf/source";

/**
 * Programs in the kernel as the source of a watch.
 *
 * @param note what the user should know, one line
 * @throws (rejects) BpfUnavailableError
 */
export async function openBpf(note: (text: string) => void): Promise<PreparedBpfSource> {
  const { openBpfSource } = await import("@task-watchers/bpf/source");
  return await openBpfSource({
    onWithoutIds: ({ message }) => note(`changes of user and group ids are not told: ${message}`),
  });
}
