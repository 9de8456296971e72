import { SyscallError } from "@task-watchers/linux";
import { SemaphoreError, type SemaphoreErrorFacts } from "./semaphore-error.ts";

const EINVAL = 22;
const EIDRM = 43;

/** Makes a call on an open set; whatever the kernel refuses becomes a SemaphoreError that names the set. */
export function onSet<T>(facts: SemaphoreErrorFacts, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw toSemaphoreError(error, facts, true);
  }
}

/**
 * The package's own error for one of a system call; any other is passed through.
 *
 * @param open whether the set was there before: with arguments that were checked, an id that is invalid now is that of a
 *   set that was removed
 */
export function toSemaphoreError(
  error: unknown,
  facts: SemaphoreErrorFacts,
  open = false,
): unknown {
  if (!(error instanceof SyscallError)) return error;
  const errno = -error.errno;
  if (open && errno === EINVAL) return removed(error.syscall, facts);
  const hint = facts.hint ?? error.hint;
  const known = hint === undefined ? facts : { ...facts, hint };
  return new SemaphoreError(error.syscall, errno, { ...known, cause: error });
}

function removed(syscall: string, facts: SemaphoreErrorFacts): SemaphoreError {
  return new SemaphoreError(syscall, EIDRM, { ...facts, hint: "the set was removed" });
}
