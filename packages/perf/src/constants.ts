/** Numbers of include/uapi/linux/perf_event.h. */

/** Bytes of struct perf_event_attr as this package writes it: PERF_ATTR_SIZE_VER8. Older kernels take it, as its end is zero. */
export const PERF_ATTR_BYTES = 136;

export const PERF_TYPE_HARDWARE = 0;
export const PERF_TYPE_SOFTWARE = 1;
export const PERF_COUNT_HW_CPU_CYCLES = 0;
export const PERF_COUNT_SW_CPU_CLOCK = 0;
/** Counts nothing: there for the records that come with an event (since Linux 3.12). */
export const PERF_COUNT_SW_DUMMY = 9;

export const PERF_SAMPLE_IP = 0x1;
export const PERF_SAMPLE_TID = 0x2;
export const PERF_SAMPLE_TIME = 0x4;
export const PERF_SAMPLE_CALLCHAIN = 0x20;
export const PERF_SAMPLE_CPU = 0x80;
export const PERF_SAMPLE_PERIOD = 0x100;
export const PERF_SAMPLE_IDENTIFIER = 0x1_0000;

/** Since Linux 6.0. */
export const PERF_FORMAT_LOST = 0x10;

export const PERF_RECORD_LOST = 2;
export const PERF_RECORD_COMM = 3;
export const PERF_RECORD_EXIT = 4;
export const PERF_RECORD_THROTTLE = 5;
export const PERF_RECORD_UNTHROTTLE = 6;
export const PERF_RECORD_FORK = 7;
export const PERF_RECORD_SAMPLE = 9;
export const PERF_RECORD_MMAP2 = 10;
export const PERF_RECORD_LOST_SAMPLES = 13;

/** The bits of a header's `misc` that say where the CPU was. */
export const PERF_RECORD_MISC_CPUMODE_MASK = 7;
export const PERF_RECORD_MISC_KERNEL = 1;
export const PERF_RECORD_MISC_GUEST_KERNEL = 4;
/** On COMM: the name is that of a program just run. */
export const PERF_RECORD_MISC_COMM_EXEC = 0x2000;
/** On MMAP2: a build id stands in place of device and inode. */
export const PERF_RECORD_MISC_MMAP_BUILD_ID = 0x4000;

/** Entries of a call chain from here on are no addresses: they say whose the next ones are. (__u64)-4095 */
export const PERF_CONTEXT_MAX = 0xffff_ffff_ffff_f001n;
/** (__u64)-128 */
export const PERF_CONTEXT_KERNEL = 0xffff_ffff_ffff_ff80n;
/** (__u64)-512 */
export const PERF_CONTEXT_USER = 0xffff_ffff_ffff_fe00n;

/** include/uapi/linux/time.h */
export const CLOCK_MONOTONIC = 1;
