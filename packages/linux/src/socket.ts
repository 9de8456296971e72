import { FileDescriptor } from "./file-descriptor.ts";
import { libc, type Pointer } from "./libc.ts";
import { SyscallError } from "./syscall-error.ts";

/** Close on exec: a child never inherits it (SOCK_CLOEXEC, include/linux/net.h). */
const SOCK_CLOEXEC = 0x80000;
/** errno names worth a hint of their own. */
const EPERM = 1;

/**
 * socket(2), closed on exec.
 *
 * @throws SyscallError `EPROTONOSUPPORT` or `EAFNOSUPPORT` when the kernel lacks it
 */
export function openSocket(domain: number, type: number, protocol: number): FileDescriptor {
  const fd = libc().socket(domain, type | SOCK_CLOEXEC, protocol);
  if (fd < 0) throw new SyscallError("socket", libc().errno());
  return new FileDescriptor(fd);
}

/** bind(2). @throws SyscallError, with `hint` on EPERM */
export function bindSocket(fd: FileDescriptor, address: Uint8Array, hint?: string): void {
  if (libc().bind(fd.number, address, address.byteLength) === 0) return;
  const errno = libc().errno();
  throw new SyscallError("bind", errno, errno === EPERM ? hint : undefined);
}

/** The address a socket is bound to, `size` bytes of it. */
export function socketName(fd: FileDescriptor, size: number): Uint8Array {
  const address = new Uint8Array(size);
  const length = Uint32Array.of(size);
  if (libc().getsockname(fd.number, address, length) === 0) return address;
  throw new SyscallError("getsockname", libc().errno());
}

/** Sends one datagram. @throws SyscallError, with `hint` whatever the reason */
export function sendDatagram(
  fd: FileDescriptor,
  data: Uint8Array,
  address: Uint8Array,
  hint?: string,
): void {
  const sent = libc().sendto(fd.number, data, data.byteLength, 0, address, address.byteLength);
  if (sent < 0) throw new SyscallError("sendto", libc().errno(), hint);
}

/** setsockopt(2) with an int. */
export function setSocketOption(
  fd: FileDescriptor,
  level: number,
  name: number,
  value: number,
): void {
  if (libc().setsockopt(fd.number, level, name, Int32Array.of(value), 4) === 0) return;
  throw new SyscallError("setsockopt", libc().errno());
}

/** getsockopt(2) of up to `count` 32-bit words. */
export function getSocketOption(
  fd: Pick<FileDescriptor, "number">,
  level: number,
  name: number,
  count: number,
): Uint32Array {
  const value = new Uint32Array(count);
  const length: Pointer & Uint32Array = Uint32Array.of(value.byteLength);
  if (libc().getsockopt(fd.number, level, name, value, length) < 0) {
    throw new SyscallError("getsockopt", libc().errno());
  }
  return value.subarray(0, (length[0] ?? 0) / 4);
}
