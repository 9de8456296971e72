/**
 * Every foreign function of the project, one line each, and the only import of koffi. If this process can crash, it
 * can crash here.
 */
import { lstatSync } from "node:fs";
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
  clock_getres(clock: number, timespec: Pointer): number;
  flock(fd: number, operation: number): number;
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
  /** semctl(2) with a pointer to a struct or an array. */
  semctl_pointer(id: number, semaphore: number, command: number, argument: Pointer): number;
  /** semctl(2) with a value. */
  semctl_value(id: number, semaphore: number, command: number, value: number): number;
  semop(id: number, operations: Pointer, n: number): number;
  semtimedop(id: number, operations: Pointer, n: number, timeout: Pointer): number;
  sigaction(signal: number, action: Pointer, old: Pointer): number;
  /** Address of a function among all that is loaded; 0 when there is none. */
  dlsym(library: Pointer, name: string): number | bigint;
  /** syscall(2) with no argument. */
  syscall0(number: number): number;
  /** syscall(2) with three int arguments. */
  syscall3(number: number, first: number, second: number, third: number): number;
  syscall4(number: number, first: number, second: number, third: number, fourth: number): number;
  /** execvp(3): returns only when it fails. */
  execvp(file: Pointer, argv: Pointer): number;
  /** fcntl(2) with an int argument. */
  fcntl(fd: number, command: number, argument: number): number;
  /** mmap(2); the address, or 2^64 - 1 on failure. */
  mmap(
    address: Pointer,
    length: number,
    protection: number,
    flags: number,
    fd: number,
    offset: number,
  ): bigint;
  munmap(address: Pointer, length: number): number;
  /** Memory that is not JavaScript's, as if it were: whoever touches it after it is unmapped ends the process. */
  view(address: bigint, length: number): ArrayBuffer;
  sysconf(name: number): number;
  /** mallopt(3): 1, or 0 on failure. glibc's alone; throws where the C library has none. */
  mallopt(parameter: number, value: number): number;
  /** signal(2); 0 is SIG_DFL. */
  signal(signal: number, handler: number): number;
  /** prctl(2) with four numbers, as those options want that refuse anything in an argument they do not use. */
  prctl_numbers(
    option: number,
    second: number,
    third: number,
    fourth: number,
    fifth: number,
  ): number;
  /** poll(2) */
  poll_descriptors(descriptors: Pointer, n: number, timeoutMs: number): number;
  process_vm_readv(
    pid: number,
    local: Pointer,
    localCount: number,
    remote: Pointer,
    remoteCount: number,
    flags: number,
  ): number;
  /** openat(2) for what makes no file. */
  openat(directory: number, path: Pointer, flags: number): number;
  /** openat2(2); the C library has no wrapper. */
  openat2(number: number, directory: number, path: Pointer, how: Pointer, size: number): number;
  /** statx(2) by its number: the C library has a wrapper only since glibc 2.28. */
  statx(
    number: number,
    directory: number,
    path: Pointer,
    flags: number,
    mask: number,
    into: Pointer,
  ): number;
  /** memfd_create(2) by its number: the C library has a wrapper only since glibc 2.27. */
  memfd_create(number: number, name: Pointer, flags: number): number;
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
  // Node.js keeps the last stat it made in one place, and its module loader takes a socket there for the end of every path
  // (nodejs/node#51142): koffi, a symlink in some layouts, would be looked for beside the link.
  lstatSync("/");
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
    clock_getres: library.func("int clock_getres(int, void *)"),
    flock: library.func("int flock(int, int)"),
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
    // A union by value, after three dots: on 64-bit Linux one register, as a plain argument.
    semctl_pointer: library.func("int semctl(int, int, int, void *)"),
    semctl_value: library.func("int semctl(int, int, int, long)"),
    semop: library.func("int semop(int, void *, size_t)"),
    semtimedop: library.func("int semtimedop(int, void *, size_t, void *)"),
    sigaction: library.func("int sigaction(int, void *, void *)"),
    dlsym: library.func("uintptr_t dlsym(void *, const char *)"),
    syscall0: library.func("syscall", "long", ["long"]),
    syscall3: library.func("syscall", "long", ["long", "long", "long", "long"]),
    syscall4: library.func("syscall", "long", ["long", "long", "long", "long", "long"]),
    execvp: library.func("int execvp(void *, void *)"),
    fcntl: library.func("int fcntl(int, int, int)"),
    mmap: library.func("void *mmap(void *, size_t, int, int, int, long)"),
    munmap: library.func("int munmap(void *, size_t)"),
    view: (address, length) => native.view(address, length),
    sysconf: library.func("long sysconf(int)"),
    mallopt: (parameter, value) =>
      (library.func("int mallopt(int, int)") as Libc["mallopt"])(parameter, value),
    signal: library.func("signal", "long", ["int", "long"]),
    prctl_numbers: library.func("prctl", "int", ["int", "ulong", "ulong", "ulong", "ulong"]),
    poll_descriptors: library.func("poll", "int", ["void *", "ulong", "int"]),
    process_vm_readv: library.func(
      "long process_vm_readv(int, void *, unsigned long, void *, unsigned long, unsigned long)",
    ),
    openat: library.func("int openat(int, void *, int)"),
    openat2: library.func("syscall", "long", ["long", "int", "void *", "void *", "size_t"]),
    statx: library.func("syscall", "long", ["long", "int", "void *", "int", "uint", "void *"]),
    memfd_create: library.func("syscall", "long", ["long", "void *", "uint"]),
    errno: () => native.errno(),
    address: (memory) => native.address(memory),
    poll: (fd, callback) => native.node.poll(fd, { readable: true }, callback),
  };
}
