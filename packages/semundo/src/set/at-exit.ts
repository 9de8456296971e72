const calls = new Set<() => void>();

/**
 * Calls back when the process, or the thread this runs in, ends by itself or by process.exit(). One listener for all.
 *
 * @returns takes it back
 */
export function atExit(call: () => void): () => void {
  if (calls.size === 0) process.on("exit", callAll);
  calls.add(call);
  return () => {
    calls.delete(call);
    if (calls.size === 0) process.off("exit", callAll);
  };
}

function callAll(): void {
  for (const call of calls) call();
}
