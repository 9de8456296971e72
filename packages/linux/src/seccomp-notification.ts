import type { FileDescriptor } from "./file-descriptor.ts";
import { libc } from "./libc.ts";
import { SyscallError } from "./syscall-error.ts";

// include/uapi/linux/seccomp.h; the numbers hold the sizes 80, 24 and 8 of what they take.
const SECCOMP_IOCTL_NOTIF_RECV = 0xc050_2100;
const SECCOMP_IOCTL_NOTIF_SEND = 0xc018_2101;
const SECCOMP_IOCTL_NOTIF_ID_VALID = 0x4008_2102;
const SECCOMP_USER_NOTIF_FLAG_CONTINUE = 1;
const ENOENT = 2;
const EINTR = 4;
const EINPROGRESS = 115;

/** struct seccomp_notif_resp: u64 id @0, s64 val @8, s32 error @16, u32 flags @20. */
const response = new ArrayBuffer(24);
const responseId = new BigUint64Array(response);
const responseWords = new Int32Array(response);
const idWord = new BigUint64Array(1);

/**
 * Takes one call that a filter has stopped. **Waits for one without end when there is none**: ask `pollReadable` first, and let
 * nobody else receive from the same listener.
 *
 * @param into a struct seccomp_notif, all zero
 * @returns false when the task has gone away meanwhile, and nothing was received
 */
export function receiveNotification(listener: FileDescriptor, into: Uint8Array): boolean {
  for (;;) {
    if (libc().ioctl(listener.number, SECCOMP_IOCTL_NOTIF_RECV, into) === 0) return true;
    const errno = libc().errno();
    if (errno === ENOENT) return false;
    if (errno !== EINTR) throw new SyscallError("ioctl(SECCOMP_IOCTL_NOTIF_RECV)", errno);
  }
}

/** Lets the call run as it was made. @returns false when nobody waits for the answer any more */
export function sendContinue(listener: FileDescriptor, id: bigint): boolean {
  return send(listener, id, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE);
}

/** Makes the call fail, unmade. @param errno positive @returns false when nobody waits for the answer any more */
export function sendError(listener: FileDescriptor, id: bigint, errno: number): boolean {
  return send(listener, id, -errno, 0);
}

function send(listener: FileDescriptor, id: bigint, error: number, flags: number): boolean {
  responseId[0] = id;
  responseId[1] = 0n;
  responseWords[4] = error;
  responseWords[5] = flags;
  for (;;) {
    if (libc().ioctl(listener.number, SECCOMP_IOCTL_NOTIF_SEND, responseWords) === 0) return true;
    const errno = libc().errno();
    if (errno === ENOENT || errno === EINPROGRESS) return false;
    // A signal came before the kernel had its lock; nothing was sent.
    if (errno !== EINTR) throw new SyscallError("ioctl(SECCOMP_IOCTL_NOTIF_SEND)", errno);
  }
}

/** Whether the task still waits for the answer: what was read of its pid before was its own. */
export function notificationPending(listener: FileDescriptor, id: bigint): boolean {
  idWord[0] = id;
  for (;;) {
    if (libc().ioctl(listener.number, SECCOMP_IOCTL_NOTIF_ID_VALID, idWord) === 0) return true;
    const errno = libc().errno();
    if (errno === ENOENT) return false;
    if (errno !== EINTR) throw new SyscallError("ioctl(SECCOMP_IOCTL_NOTIF_ID_VALID)", errno);
  }
}
