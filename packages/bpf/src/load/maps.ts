import {
  createBpfMap,
  type FileDescriptor,
  MemoryMap,
  pageSize,
  ReadOnlyMap,
} from "@task-watchers/linux";
import type { RingMemory } from "../ring/ring.ts";
import type { Resources } from "./resources.ts";

// enum bpf_map_type, include/uapi/linux/bpf.h
const BPF_MAP_TYPE_ARRAY = 2;
/** Since Linux 5.8. */
const BPF_MAP_TYPE_RINGBUF = 27;
/** The array can be mapped into memory (since Linux 5.5). */
const BPF_F_MMAPABLE = 1024;

/** A ring and its memory. @throws SyscallError `EINVAL` before Linux 5.8 */
export function openRing(
  resources: Resources,
  ringBytes: number,
): { readonly fd: FileDescriptor; readonly memory: RingMemory } {
  const fd = resources.add(
    createBpfMap({ type: BPF_MAP_TYPE_RINGBUF, keySize: 0, valueSize: 0, maxEntries: ringBytes }),
  );
  const pageBytes = pageSize();
  // The kernel lets only the first page be written. It has the data twice in a row; mapped twice, they count twice as memory of ours.
  const consumer = resources.add(new MemoryMap(fd, pageBytes));
  const producer = resources.add(new ReadOnlyMap(fd, pageBytes, pageBytes + ringBytes));
  const memory = { consumer: consumer.buffer, producer: producer.buffer, pageBytes, ringBytes };
  return { fd, memory };
}

/** One value of `bytes` that the programs and we see alike. */
export function openSharedValue(
  resources: Resources,
  bytes: number,
): { readonly fd: FileDescriptor; readonly words: BigUint64Array } {
  const fd = resources.add(
    createBpfMap({
      type: BPF_MAP_TYPE_ARRAY,
      keySize: 4,
      valueSize: bytes,
      maxEntries: 1,
      flags: BPF_F_MMAPABLE,
    }),
  );
  const { buffer } = resources.add(new MemoryMap(fd, pageSize()));
  return { fd, words: new BigUint64Array(buffer, 0, bytes / 8) };
}

/** `count` values of `bytes`, for the programs alone. */
export function openArray(resources: Resources, bytes: number, count: number): FileDescriptor {
  return resources.add(
    createBpfMap({ type: BPF_MAP_TYPE_ARRAY, keySize: 4, valueSize: bytes, maxEntries: count }),
  );
}
