import { libc } from "./libc.ts";

/** glibc's malloc.h */
const M_MMAP_THRESHOLD = -3;
/** DEFAULT_MMAP_THRESHOLD, glibc's malloc/malloc.c. */
const DEFAULT_MMAP_THRESHOLD = 128 * 1024;

/**
 * Keeps malloc(3) giving memory back: blocks of 128 KiB and more go when they are freed, and so does what is free at the heap's
 * top. glibc begins so, but after each larger block that is freed keeps everything up to twice that block's size, 64 MiB at most,
 * for good. For a program that reads one large file at its start; mallopt(3), "M_MMAP_THRESHOLD", tells what it costs others.
 *
 * @returns whether this C library has such a setting: musl's has none
 */
export function keepMallocThresholds(): boolean {
  const { dlsym, mallopt } = libc();
  if (BigInt(dlsym(null, "mallopt")) === 0n) return false;
  return mallopt(M_MMAP_THRESHOLD, DEFAULT_MMAP_THRESHOLD) === 1;
}
