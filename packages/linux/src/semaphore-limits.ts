import { decodeStruct, i32, type Layout } from "./layout.ts";
import { libc } from "./libc.ts";
import { semaphoreFailure } from "./semaphore-failure.ts";

// include/uapi/linux/ipc.h, include/uapi/linux/sem.h
export const IPC_INFO = 3;
export const SEM_INFO = 19;
export const SEMINFO_SIZE = 40;

/** Limits of this IPC namespace, and how much of them is used. */
export interface SemaphoreLimits {
  /** Sets there may be (SEMMNI), and there are. */
  readonly maxSets: number;
  readonly sets: number;
  /** Semaphores there may be in all sets together (SEMMNS), and there are. */
  readonly maxSemaphores: number;
  readonly semaphores: number;
  /** Semaphores one set may have (SEMMSL). */
  readonly maxPerSet: number;
  /** Steps one operation may have (SEMOPM). */
  readonly maxSteps: number;
  /** Largest value (SEMVMX). */
  readonly maxValue: number;
}

interface Seminfo {
  readonly semmni: number;
  readonly semmns: number;
  readonly semmsl: number;
  readonly semopm: number;
  readonly semusz: number;
  readonly semvmx: number;
  readonly semaem: number;
}

/** struct seminfo: ten ints. With SEM_INFO semusz is the number of sets, semaem that of semaphores. */
export const seminfoLayout: Layout<Seminfo> = {
  semmni: i32(4),
  semmns: i32(8),
  semmsl: i32(16),
  semopm: i32(20),
  semusz: i32(28),
  semvmx: i32(32),
  semaem: i32(36),
};

/** Asks for the limits; any user may. @throws SyscallError `ENOSYS` on a kernel without semaphores */
export function readSemaphoreLimits(): SemaphoreLimits {
  const limits = ask(IPC_INFO);
  const used = ask(SEM_INFO);
  return {
    maxSets: limits.semmni,
    sets: used.semusz,
    maxSemaphores: limits.semmns,
    semaphores: used.semaem,
    maxPerSet: limits.semmsl,
    maxSteps: limits.semopm,
    maxValue: limits.semvmx,
  };
}

function ask(command: number): Seminfo {
  const data = new Uint8Array(SEMINFO_SIZE);
  if (libc().semctl_pointer(0, 0, command, data) < 0) {
    throw semaphoreFailure("semctl", libc().errno());
  }
  return decodeStruct("struct seminfo", seminfoLayout, data, SEMINFO_SIZE);
}
