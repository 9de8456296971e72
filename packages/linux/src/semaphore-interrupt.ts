import { libc } from "./libc.ts";
import { SyscallError } from "./syscall-error.ts";
import { threadCallNumber, type ThreadId } from "./thread-id.ts";

/**
 * SIGURG, include/uapi/asm-generic/signal.h: ignored unless somebody asks for it, so that sending it once too often harms
 * nobody.
 */
export const SIGURG = 23;
/** struct sigaction of the C library on 64-bit Linux: the handler, 128 bytes of mask, flags, restorer. */
export const SIGACTION_SIZE = 152;
export const SA_FLAGS = 136;
/** Calls that can go on do so; semtimedop(2) never does. */
export const SA_RESTART = 0x1000_0000;
const SIG_IGN = 1n;
const ESRCH = 3;

/**
 * Makes the call that a thread of this process blocks in fail with `EINTR`, by a signal that does nothing. A thread that is
 * not yet in the call gets nothing of it: repeat until it answers.
 *
 * @returns false when there is no such thread (any more)
 */
export function interruptThread(thread: ThreadId): boolean {
  handleSignal();
  if (libc().syscall3(threadCallNumber("tgkill"), process.pid, thread, SIGURG) === 0) return true;
  const errno = libc().errno();
  if (errno === ESRCH) return false;
  throw new SyscallError("tgkill", errno);
}

/** An ignored signal interrupts nothing: without a handler, a harmless function of the C library becomes it. */
function handleSignal(): void {
  const { sigaction, dlsym } = libc();
  const action = new BigUint64Array(SIGACTION_SIZE / 8);
  if (sigaction(SIGURG, null, action) < 0) throw new SyscallError("sigaction", libc().errno());
  // Anybody's handler does; Node's own comes and goes with its listeners, hence the look each time.
  if ((action[0] ?? 0n) > SIG_IGN) return;
  // int abs(int) takes what a handler takes and touches nothing.
  action.fill(0n);
  action[0] = BigInt(dlsym(null, "abs"));
  new DataView(action.buffer).setUint32(SA_FLAGS, SA_RESTART, true);
  if (sigaction(SIGURG, action, null) < 0) throw new SyscallError("sigaction", libc().errno());
}
