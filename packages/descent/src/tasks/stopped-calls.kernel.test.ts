// Needs: a C compiler with the kernel's headers, on x64; no privilege.
import { readFileSync } from "node:fs";
import { compiler, kernelTest, type Need } from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { kindOf, stoppedCalls } from "./stopped-calls.ts";

const IDS = ["setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid"];
const FS_IDS = ["setfsuid", "setfsgid"];
const x64: Need = { name: "x64", isMet: () => process.arch === "x64", excuses: true };

/** Numbers of calls by name, from a header of the machine. */
function numbers(header: string): Map<string, number> {
  const text = readFileSync(`/usr/include/x86_64-linux-gnu/asm/${header}`, "latin1");
  const lines = text.matchAll(/#define __NR_(\w+) (?:\(__X32_SYSCALL_BIT \+ )?(\d+)/gu);
  return new Map([...lines].map(([, name = "", number]) => [name, Number(number)]));
}

for (const [abi, header, bit, wide] of [
  ["x86-64", "unistd_64.h", 0, []],
  ["x32", "unistd_x32.h", 0x4000_0000, []],
  ["i386", "unistd_32.h", 0, [...IDS, ...FS_IDS].map((name) => `${name}32`)],
] as const) {
  kernelTest(`the numbers of the calls of ${abi} are the headers' own`, [compiler, x64], () => {
    const found = numbers(header);
    const ofNames = (names: readonly string[]): number[] =>
      names.flatMap((name) => found.get(name) ?? []).map((number) => bit + number);
    const sorted = (list: readonly number[]): number[] => list.toSorted((a, b) => a - b);
    const kinds = {
      ids: [...IDS, ...FS_IDS, ...wide],
      exit: ["exit_group"],
      wait: ["wait4", "waitid", "waitpid"],
    } as const;
    for (const kind of ["ids", "exit", "wait"] as const) {
      expect(sorted(stoppedCalls(abi, [kind]))).toEqual(sorted(ofNames(kinds[kind])));
      for (const number of ofNames(kinds[kind])) expect(kindOf(abi, number)).toBe(kind);
    }
  });
}
