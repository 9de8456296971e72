import { expect, test } from "vitest";
import { execAbis, execFilter } from "./filter.ts";

const NOTIFY = 0x7fc00000;
const ALLOW = 0x7fff0000;
const X86_64 = 0xc000003e;
const I386 = 0x40000003;
const AARCH64 = 0xc00000b7;
const ARM = 0x40000028;

/** Runs classic BPF as the kernel does, for the four kinds of instruction that a filter of ours has. */
function verdictOf(program: Uint8Array, nr: number, arch: number): number {
  const view = new DataView(program.buffer);
  let word = 0;
  for (let at = 0; ; at += 8) {
    const code = view.getUint16(at, true);
    const k = view.getUint32(at + 4, true);
    if (code === 0x20) word = k === 0 ? nr : arch;
    else if (code === 0x15) at += 8 * view.getUint8(at + (word === k ? 2 : 3));
    else if (code === 0x05) at += 8 * k;
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

test("execFilter() tells of as many other calls as are asked for, or says how many may be", () => {
  const numbers = Array.from({ length: 600 }, (_, i) => 1000 + i);
  const program = execFilter(execAbis("x64"), (abi) => (abi === "x32" ? [] : numbers));
  for (const arch of [X86_64, I386]) {
    for (const nr of [1000, 1108, 1255, 1256, 1599]) {
      expect([nr, verdictOf(program, nr, arch)]).toEqual([nr, NOTIFY]);
    }
    for (const nr of [999, 1600]) {
      expect([nr, verdictOf(program, nr, arch)]).toEqual([nr, ALLOW]);
    }
  }
  expect(verdictOf(program, 59, X86_64)).toBe(NOTIFY);
  expect(verdictOf(program, 11, I386)).toBe(NOTIFY);
  expect(verdictOf(program, 1000, AARCH64)).toBe(ALLOW);
  const most = (n: number) => (abi: string) =>
    abi === "i386" ? Array.from({ length: n }, (_, i) => 1000 + i) : [];
  expect(execFilter(execAbis("x64"), most(2037)).length).toBeLessThanOrEqual(4096 * 8);
  expect(() => execFilter(execAbis("x64"), most(2038))).toThrow("may give 2037 numbers");
});

test("execFilter() refuses what is no other call of an ABI", () => {
  for (const number of [-1, 1.5, Number.NaN, 2 ** 32, 0x40000000 + 231, 59, 322]) {
    const others = (abi: string): number[] => (abi === "x86-64" ? [number] : []);
    expect(() => execFilter(execAbis("x64"), others)).toThrow(
      `others.numbers("x86-64") must be numbers of calls of that ABI other than exec's, got ${number}`,
    );
  }
  const twice = (abi: string): number[] => (abi === "i386" ? [252, 252] : []);
  expect(verdictOf(execFilter(execAbis("x64"), twice), 252, I386)).toBe(NOTIFY);
});
