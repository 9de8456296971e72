import { expect, test } from "vitest";
import { execAbis, execFilter } from "./filter.ts";

const NOTIFY = 0x7fc00000;
const ALLOW = 0x7fff0000;
const X86_64 = 0xc000003e;
const I386 = 0x40000003;
const AARCH64 = 0xc00000b7;
const ARM = 0x40000028;

/** Runs classic BPF as the kernel does, for the three kinds of instruction that a filter of ours has. */
function verdictOf(program: Uint8Array, nr: number, arch: number): number {
  const view = new DataView(program.buffer);
  let word = 0;
  for (let at = 0; ; at += 8) {
    const code = view.getUint16(at, true);
    const k = view.getUint32(at + 4, true);
    if (code === 0x20) word = k === 0 ? nr : arch;
    else if (code === 0x15) at += 8 * view.getUint8(at + (word === k ? 2 : 3));
    else if (code === 0x06) return k;
    else throw new Error(`unknown instruction ${code} at ${at}`);
  }
}

test("execFilter() tells of both exec calls of every ABI of x64, and of nothing else", () => {
  const program = execFilter(execAbis("x64"));
  const told = [
    [59, X86_64],
    [322, X86_64],
    [0x40000208, X86_64],
    [0x40000221, X86_64],
    [11, I386],
    [358, I386],
  ] as const;
  for (const [nr, arch] of told) expect([nr, verdictOf(program, nr, arch)]).toEqual([nr, NOTIFY]);
  // munmap, the 32-bit pivot_root, sched_setscheduler and others, which have those numbers in the other ABI.
  const untold = [
    [11, X86_64],
    [358, X86_64],
    [520, X86_64],
    [59, I386],
    [322, I386],
    [59, AARCH64],
    [0, X86_64],
  ] as const;
  for (const [nr, arch] of untold) expect([nr, verdictOf(program, nr, arch)]).toEqual([nr, ALLOW]);
});

test("execFilter() does so on arm64", () => {
  const program = execFilter(execAbis("arm64"));
  const told = [
    [221, AARCH64],
    [281, AARCH64],
    [11, ARM],
    [387, ARM],
  ] as const;
  for (const [nr, arch] of told) expect([nr, verdictOf(program, nr, arch)]).toEqual([nr, NOTIFY]);
  for (const [nr, arch] of [
    [11, AARCH64],
    [221, ARM],
    [59, X86_64],
  ] as const)
    expect([nr, verdictOf(program, nr, arch)]).toEqual([nr, ALLOW]);
});

test("execAbis() knows none of a machine that nobody tried", () => {
  expect(execAbis("riscv64")).toEqual([]);
});

test("execFilter() tells of other calls too, each in its own ABI", () => {
  const program = execFilter(execAbis("x64"), (abi) => (abi === "i386" ? [252] : [231, 105]));
  for (const [nr, arch] of [
    [231, X86_64],
    [105, X86_64],
    [59, X86_64],
    [252, I386],
    [11, I386],
  ] as const) {
    expect([nr, verdictOf(program, nr, arch)]).toEqual([nr, NOTIFY]);
  }
  for (const [nr, arch] of [
    [252, X86_64],
    [231, I386],
    [231, AARCH64],
  ] as const) {
    expect([nr, verdictOf(program, nr, arch)]).toEqual([nr, ALLOW]);
  }
});
