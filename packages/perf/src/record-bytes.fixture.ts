/** Records as the kernel writes them, made by hand from include/uapi/linux/perf_event.h. */

/** u32 values, little-endian. */
export function u32(...values: number[]): number[] {
  return [...new Uint8Array(Uint32Array.from(values).buffer)];
}

/** u64 values, little-endian. */
export function u64(...values: (number | bigint)[]): number[] {
  return [...new Uint8Array(BigUint64Array.from(values.map(BigInt)).buffer)];
}

/** A record of a type with a body, its size in the header. */
export function rawRecord(type: number, misc: number, body: readonly number[]): number[] {
  const size = 8 + body.length;
  return [...u32(type), misc & 0xff, misc >> 8, size & 0xff, size >> 8, ...body];
}

/** What ends all records but samples, by sample_id_all: pid, tid; time; cpu, reserved; identifier. */
export function trailer(pid: number, timeNs: number | bigint, cpu = 0): number[] {
  return [...u32(pid, pid), ...u64(timeNs), ...u32(cpu, 0), ...u64(77)];
}

/** A text with a NUL, filled up with NULs to a multiple of eight. */
export function padded(text: string): number[] {
  const bytes = [...new TextEncoder().encode(text), 0];
  return [...bytes, ...Array.from({ length: -bytes.length & 7 }, () => 0)];
}

/** PERF_RECORD_SAMPLE of a user-space stack. */
export function rawSample(pid: number, timeNs: number | bigint, ...ips: bigint[]): number[] {
  const chain = [0xffff_ffff_ffff_fe00n, ...ips];
  return rawRecord(9, 2, [
    ...u64(77, ips[0] ?? 0n),
    ...u32(pid, pid),
    ...u64(timeNs),
    ...u32(1, 0),
    ...u64(10_101_010, chain.length, ...chain),
  ]);
}

/** PERF_RECORD_LOST. */
export function rawLost(count: number, timeNs: number | bigint): number[] {
  return rawRecord(2, 0, [...u64(77, count), ...trailer(5, timeNs)]);
}

/** PERF_RECORD_COMM; with the bit of an exec. */
export function rawComm(pid: number, timeNs: number | bigint, comm: string, misc = 0): number[] {
  return rawRecord(3, misc, [...u32(pid, pid), ...padded(comm), ...trailer(pid, timeNs)]);
}
