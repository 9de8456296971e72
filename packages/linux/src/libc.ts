/**
 * Every foreign function of the project, one line each, and the only import of koffi. If this process can crash, it
 * can crash here.
 */
import { createRequire } from "node:module";
import type koffi from "koffi";

/** A pointer argument: memory owned by JavaScript, an address, or null. */
export type Pointer = ArrayBufferView | bigint | null;

/** The C library's functions; each returns -1 on failure, and `errno()` then says why. */
export interface Libc {
  socket(domain: number, type: number, protocol: number): number;
  bind(fd: number, address: Pointer, length: number): number;
  getsockname(fd: number, address: Pointer, length: Pointer): number;
  setsockopt(fd: number, level: number, name: number, value: Pointer, length: number): number;
  getsockopt(fd: number, level: number, name: number, value: Pointer, length: Pointer): number;
  sendto(fd: number, data: Pointer, n: number, flags: number, to: Pointer, length: number): number;
  recvmmsg(fd: number, messages: Pointer, n: number, flags: number, timeout: Pointer): number;
  close(fd: number): number;
  ioctl(fd: number, request: number, argument: Pointer): number;
  clock_gettime(clock: number, timespec: Pointer): number;
  prctl(option: number, argument: Pointer): number;
  /** syscall(2) with two int arguments. */
  syscall2(number: number, first: number, second: number): number;
  /** perf_event_open(2); the C library has no wrapper, so the call's number comes first here and in the next two. */
  perf_event_open(
    number: number,
    attributes: Pointer,
    pid: number,
    cpu: number,
    group: number,
    flags: number,
  ): number;
  /** bpf(2). */
  bpf(number: number, command: number, attributes: Pointer, size: number): number;
  /** seccomp(2). */
  seccomp(number: number, operation: number, flags: number, argument: Pointer): number;
  semget(key: number, semaphores: number, flags: number): number;
  /** semctl(2) with those commands that take no further argument. */
  semctl(id: number, semaphore: number, command: number): number;
  /** Only meaningful directly after a failure: koffi leaves an old value there after a success. */
  errno(): number;
  address(memory: ArrayBufferView): bigint;
  poll(fd: number, callback: PollCallback): PollHandle;
}

/** Called with libuv's status (negative on error), then the events; koffi's own types name the events alone. */
export type PollCallback = (...args: unknown[]) => void;

/** A libuv poll handle on a descriptor; created started. */
export interface PollHandle {
  start(options: { readable: boolean }, callback: PollCallback): void;
  stop(): void;
  close(): void;
  ref(): void;
  unref(): void;
}

let loaded: Libc | undefined;

/**
 * The C library, loaded at first use so that importing costs nothing and never throws.
 *
 * @throws Error when koffi has no binary for this platform.
 */
export function libc(): Libc {
  loaded ??= load();
  return loaded;
}

function load(): Libc {
  const native = createRequire(import.meta.url)("koffi") as typeof koffi;
  const library = native.load(null);
  // koffi declares no ssize_t; long has its width on every Linux ABI.
  return {
    socket: library.func("int socket(int, int, int)"),
    bind: library.func("int bind(int, void *, unsigned int)"),
    getsockname: library.func("int getsockname(int, void *, void *)"),
    setsockopt: library.func("int setsockopt(int, int, int, void *, unsigned int)"),
    getsockopt: library.func("int getsockopt(int, int, int, void *, void *)"),
    sendto: library.func("long sendto(int, void *, size_t, int, void *, unsigned int)"),
    recvmmsg: library.func("int recvmmsg(int, void *, unsigned int, int, void *)"),
    close: library.func("int close(int)"),
    ioctl: library.func("int ioctl(int, unsigned long, void *)"),
    clock_gettime: library.func("int clock_gettime(int, void *)"),
    prctl: library.func("int prctl(int, void *)"),
    syscall2: library.func("syscall", "long", ["long", "long", "long"]),
    perf_event_open: library.func("syscall", "long", [
      "long",
      "void *",
      "int",
      "int",
      "int",
      "ulong",
    ]),
    bpf: library.func("syscall", "long", ["long", "int", "void *", "uint"]),
    seccomp: library.func("syscall", "long", ["long", "uint", "uint", "void *"]),
    semget: library.func("int semget(int, int, int)"),
    semctl: library.func("int semctl(int, int, int)"),
    errno: () => native.errno(),
    address: (memory) => native.address(memory),
    poll: (fd, callback) => native.node.poll(fd, { readable: true }, callback),
  };
}
