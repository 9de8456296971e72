// Needs of the kernel: CAP_BPF and CAP_PERFMON, Linux 5.11; cc for the numbers.
import {
  capability,
  compiler,
  cOffsets,
  kernel,
  kernelTest,
  openDescriptors,
} from "@task-watchers/kernel-test";
import { expect } from "vitest";
import {
  attachBpfProgram,
  BpfLoadError,
  bpfProgramMisses,
  createBpfMap,
  loadBpfProgram,
  pageSize,
  ReadOnlyMap,
  SyscallError,
} from "./index.ts";

const needs = [kernel("5.11"), capability("CAP_BPF"), capability("CAP_PERFMON")];
/** r0 = 0; exit */
const NOTHING = Uint8Array.of(0xb7, 0, 0, 0, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0);
/** exit, with r0 never set */
const BAD = Uint8Array.of(0x95, 0, 0, 0, 0, 0, 0, 0);
/** BPF_PROG_TYPE_RAW_TRACEPOINT, which needs no type to be attached to. */
const RAW_TRACEPOINT = { type: 17, license: "GPL", name: "nothing", attachType: 0, attachBtfId: 0 };

kernelTest(
  "places in union bpf_attr and struct bpf_prog_info are the headers' own",
  [compiler],
  () => {
    const expected = {
      "offsetof(union bpf_attr, insns)": 8,
      "offsetof(union bpf_attr, license)": 16,
      "offsetof(union bpf_attr, log_level)": 24,
      "offsetof(union bpf_attr, log_buf)": 32,
      "offsetof(union bpf_attr, prog_name)": 48,
      "offsetof(union bpf_attr, expected_attach_type)": 68,
      "offsetof(union bpf_attr, attach_btf_id)": 108,
      "offsetof(union bpf_attr, raw_tracepoint.prog_fd)": 8,
      "offsetof(union bpf_attr, info.info)": 8,
      "offsetof(struct bpf_prog_info, recursion_misses)": 208,
      BPF_PROG_LOAD: 5,
      BPF_OBJ_GET_INFO_BY_FD: 15,
      BPF_RAW_TRACEPOINT_OPEN: 17,
      BPF_OBJ_NAME_LEN: 16,
      BPF_PROG_TYPE_RAW_TRACEPOINT: 17,
    };
    const expressions = Object.keys(expected);
    expect(cOffsets({ headers: ["linux/bpf.h"], expressions })).toEqual(expected);
  },
);

kernelTest("a program is loaded, counts its misses, and goes with its descriptor", needs, () => {
  const before = openDescriptors();
  const program = loadBpfProgram({ ...RAW_TRACEPOINT, instructions: NOTHING });
  expect(bpfProgramMisses(program)).toBe(0n);
  program.close();
  expect(openDescriptors()).toEqual(before);
});

kernelTest("a refused program brings the verifier's words", needs, () => {
  const before = openDescriptors();
  try {
    loadBpfProgram({ ...RAW_TRACEPOINT, instructions: BAD });
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(BpfLoadError);
    expect(error).toMatchObject({ code: "EACCES", log: expect.stringContaining("R0 !read_ok") });
  }
  expect(openDescriptors()).toEqual(before);
});

kernelTest("a program for a raw tracepoint cannot be attached without its name", needs, () => {
  const program = loadBpfProgram({ ...RAW_TRACEPOINT, instructions: NOTHING });
  try {
    expect(() => attachBpfProgram(program)).toThrow(SyscallError);
  } finally {
    program.close();
  }
});

kernelTest("ReadOnlyMap maps what may not be written, and ends with close()", needs, () => {
  const page = pageSize();
  const ring = createBpfMap({ type: 27, keySize: 0, valueSize: 0, maxEntries: page });
  try {
    const map = new ReadOnlyMap(ring, page, 3 * page);
    expect(map.buffer.byteLength).toBe(3 * page);
    expect(new BigUint64Array(map.buffer, 0, 1)[0]).toBe(0n);
    map.close();
    map.close();
    expect(() => map.buffer).toThrow(expect.objectContaining({ code: "EBADF" }));
    // One page more than there is.
    expect(() => new ReadOnlyMap(ring, page, 4 * page)).toThrow(SyscallError);
  } finally {
    ring.close();
  }
});

kernelTest("a map's flags reach the kernel", needs, () => {
  const options = { type: 2, keySize: 4, valueSize: 8, maxEntries: 1 };
  const mappable = createBpfMap({ ...options, flags: 1024 });
  const map = new ReadOnlyMap(mappable, 0, pageSize());
  map.close();
  mappable.close();
  const plain = createBpfMap(options);
  expect(() => new ReadOnlyMap(plain, 0, pageSize())).toThrow(SyscallError);
  plain.close();
});
