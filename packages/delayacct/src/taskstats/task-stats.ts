/**
 * One kind of wait of a task, since the task began. Counted by the kernel as it happens; the two totals are not updated
 * atomically, so a difference of two queries may be off by one wait.
 */
export interface Delay {
  /** Waits that have ended. */
  readonly count: bigint;
  /** Nanoseconds in all of them. The kernel sets it to 0 when it overflows, and counts on. */
  readonly totalNs: bigint;
  /** Nanoseconds of the longest; since version 15. Absent before that, and while there was no wait. */
  readonly maxNs?: bigint;
  /** Nanoseconds of the shortest; since version 15. Absent before that, and while there was no wait. */
  readonly minNs?: bigint;
  /** CLOCK_REALTIME at the end of the longest, nanoseconds since 1970; since version 17. Absent while there was none. */
  readonly maxAtRealtimeNs?: bigint;
}

/**
 * What a task waited for. All but `cpu` are zero for a task that was forked while kernel.task_delayacct was 0, for ever,
 * and stand still while it is 0. The kinds overlap (a swap-in is block I/O too): they do not add up.
 */
export interface Delays {
  /** For a CPU, while runnable; counted whatever the switch says. `count` is the times it was given one. */
  readonly cpu: Delay;
  /** For synchronous block I/O. */
  readonly blkio: Delay;
  /** For a page fault that swaps in. */
  readonly swapin: Delay;
  /** For memory to be reclaimed (direct reclaim). */
  readonly freepages: Delay;
  /** For pages that had only just been evicted; since version 9 (Linux 4.20). */
  readonly thrashing?: Delay;
  /** For memory to be compacted; since version 11 (Linux 5.17). */
  readonly compact?: Delay;
  /** For a page to be copied on write; since version 13 (Linux 6.0). */
  readonly wpcopy?: Delay;
  /** For interrupts; since version 14 (Linux 6.5), zero without CONFIG_IRQ_TIME_ACCOUNTING. */
  readonly irq?: Delay;
}

/**
 * struct taskstats, include/uapi/linux/taskstats.h: the figures of one task (a thread), or the sum over a thread group.
 * Microseconds of the kernel are nanoseconds here, kilobytes are bytes. A field that the kernel's version does not have is
 * absent.
 *
 * Of a thread group the kernel fills only the fields marked "group", the rest is 0 or empty.
 */
export interface TaskStats {
  /** Version of the struct (group). */
  readonly version: number;
  /** Waits (group). Of a group, `maxNs` and `minNs` are those of one of its threads, not of all. */
  readonly delays: Delays;
  /** User and system time by clock ticks, nanoseconds (group). */
  readonly cpuRunRealNs: bigint;
  /** Time on a CPU by the scheduler's clock, nanoseconds; the exact one (group). */
  readonly cpuRunVirtualNs: bigint;
  /** As `cpuRunRealNs`, scaled by CPU frequency where the machine can tell, nanoseconds (group). */
  readonly cpuScaledRunRealNs: bigint;
  /** Name, at most 15 bytes, as `decodeText` of `@task-watchers/linux` gives it: any characters, never for a terminal. */
  readonly comm: string;
  /** Wait status, as waitpid(2) gives it; 0 while the task lives. */
  readonly waitStatus: number;
  /** AFORK 1, ASU 2, ACOMPAT 4, ACORE 8, AXSIG 16 of acct(2), and AGROUP 32: the last task of its group, since version 12. */
  readonly flags: number;
  /** Nice value, -20 to 19. */
  readonly nice: number;
  /** Scheduling policy, SCHED_… of sched(7). */
  readonly policy: number;
  readonly uid: number;
  readonly gid: number;
  /** Thread id. In the host's first pid namespace in records of exits, in the caller's in answers. */
  readonly pid: number;
  /** Process id of the parent. */
  readonly ppid: number;
  /** Process id; since version 12 (Linux 5.19). */
  readonly tgid?: number;
  /** Begin of the task, whole seconds since 1970. */
  readonly startRealtimeS: bigint;
  /** Time since the task began, nanoseconds, to the microsecond; of a group the sum over its threads (group). */
  readonly elapsedNs: bigint;
  /** As much for the thread group as a whole; since version 12. */
  readonly groupElapsedNs?: bigint;
  /** CPU time in user mode, nanoseconds, to the microsecond (group). */
  readonly userNs: bigint;
  /** CPU time in the kernel, nanoseconds, to the microsecond (group). */
  readonly systemNs: bigint;
  /** `userNs` scaled by CPU frequency where the machine can tell. */
  readonly userScaledNs: bigint;
  /** `systemNs` scaled by CPU frequency where the machine can tell. */
  readonly systemScaledNs: bigint;
  /** Page faults without I/O. */
  readonly minorFaults: bigint;
  /** Page faults with I/O. */
  readonly majorFaults: bigint;
  /** Resident memory accumulated over CPU time, MiB times microseconds. */
  readonly rssMiBUs: bigint;
  /** Virtual memory accumulated over CPU time, MiB times microseconds. */
  readonly vmMiBUs: bigint;
  /**
   * Most memory that was resident, bytes; that of the whole process. May differ from VmHWM of /proc/PID/status by what each
   * CPU has yet to add to the counters: up to some 100 pages a CPU since Linux 6.2.
   */
  readonly peakRssBytes: bigint;
  /** Most virtual memory there was, bytes; that of the whole process. */
  readonly peakVmBytes: bigint;
  /** Bytes read by system calls, from whatever; rounded down to 1024. */
  readonly readCharBytes: bigint;
  /** Bytes written by system calls, to whatever; rounded down to 1024. */
  readonly writeCharBytes: bigint;
  /** Reading system calls; **rounded down to 1024** by the kernel, so mostly 0. /proc/PID/io has the exact number. */
  readonly readSyscalls: bigint;
  /** Writing system calls; **rounded down to 1024** by the kernel, so mostly 0. /proc/PID/io has the exact number. */
  readonly writeSyscalls: bigint;
  /** Bytes fetched from storage; rounded down to 1024. */
  readonly readBytes: bigint;
  /** Bytes meant for storage; rounded down to 1024. */
  readonly writeBytes: bigint;
  /** Of those, bytes that truncation saved from being written; rounded down to 1024. */
  readonly cancelledWriteBytes: bigint;
  /** Times the task gave its CPU up (group). */
  readonly voluntarySwitches: bigint;
  /** Times its CPU was taken from it (group). */
  readonly involuntarySwitches: bigint;
  /** Device of the executable, as `stat` gives it with `bigint: true`; since version 12. */
  readonly exeDevice?: bigint;
  /** Inode of the executable; since version 12. */
  readonly exeInode?: bigint;
  /** A copy of the bytes behind the fields that are known for this version; empty when there are none. */
  readonly tail: Uint8Array;
}
