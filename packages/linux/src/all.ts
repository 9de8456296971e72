/**
 * What can be imported from this package, whatever the topic: a program loads this one file. Our other packages import all of it by the
 * name of the package, so what is here stays here. @module
 */
export * from "./clock.ts";
export * from "./datagram-batch.ts";
export * from "./file-descriptor.ts";
export * from "./file-status.ts";
export * from "./index.ts";
export * from "./layout.ts";
export * from "./locate-file.ts";
export * from "./malloc.ts";
export * from "./memory-file.ts";
export * from "./memory-map.ts";
export * from "./pidfd.ts";
export * from "./poll-readable.ts";
export * from "./process-memory.ts";
export * from "./procfs.ts";
export * from "./readiness.ts";
export * from "./seccomp-filter.ts";
export * from "./seccomp-notification.ts";
export * from "./socket.ts";
export * from "./spawn-inheriting.ts";
export * from "./syscall-error.ts";
export * from "./text.ts";
export * from "./thread-id.ts";
export * from "./thread-name.ts";
