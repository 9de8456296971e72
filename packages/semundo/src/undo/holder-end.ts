import { type FileDescriptor, pidfdOpen, Readiness, SyscallError } from "@task-watchers/linux";
import { gone, type KnownHolder, nameOf } from "./holder-target.ts";
import { identify, type ProcessIdentity } from "./process-identity.ts";

/** Waits for one holder to end. */
export interface EndWatch {
  ref(): void;
  unref(): void;
  /** Safe twice. */
  close(): void;
}

/**
 * Calls back once when the holder has ended, never from inside this call.
 *
 * @throws SemaphoreError `ESRCH` when it has; SyscallError `EMFILE` at the descriptor limit, `ENOSYS` before Linux 5.3
 */
export function watchEnd(holder: KnownHolder, onEnd: () => void): EndWatch {
  if (holder.kind === "process") return new ProcessEndWatch(holder.process, nameOf(holder), onEnd);
  if (holder.kind === "worker") {
    if (holder.key.threadId < 0) throw gone(nameOf(holder));
    holder.key.once("exit", onEnd);
    return { ref() {}, unref() {}, close: () => void holder.key.off("exit", onEnd) };
  }
  const { key: signal } = holder;
  if (signal.aborted) throw gone(nameOf(holder), signal.reason);
  signal.addEventListener("abort", onEnd, { once: true });
  return { ref() {}, unref() {}, close: () => signal.removeEventListener("abort", onEnd) };
}

/** A pidfd is readable when the last thread of the process has ended, and stays so: no end can be missed. */
class ProcessEndWatch implements EndWatch {
  readonly #fd: FileDescriptor;
  readonly #readiness: Readiness;

  constructor(process: ProcessIdentity, name: string, onEnd: () => void) {
    this.#fd = open(process, name);
    try {
      this.#readiness = new Readiness(this.#fd, () => {
        // Readable for ever from now on: stop asking, or the loop spins.
        this.#readiness.stop();
        onEnd();
      });
    } catch (error) {
      this.#fd.close();
      throw error;
    }
  }

  ref(): void {
    this.#readiness.ref();
  }

  unref(): void {
    this.#readiness.unref();
  }

  close(): void {
    this.#readiness.close();
    this.#fd.close();
  }
}

/** From here on the descriptor is that process, if the pid still was. */
function open(process: ProcessIdentity, name: string): FileDescriptor {
  let fd: FileDescriptor;
  try {
    fd = pidfdOpen(process.pid);
  } catch (error) {
    if (error instanceof SyscallError && error.code === "ESRCH") throw gone(name, error);
    throw error;
  }
  if (identify(process.pid)?.startTicks === process.startTicks) return fd;
  fd.close();
  throw gone(name);
}
