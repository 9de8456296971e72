import { expect, test } from "vitest";
import { syscallNumber } from "./syscall-number.ts";

test("syscallNumber() knows x64 and arm64", () => {
  expect(syscallNumber("bpf", "x64")).toBe(321);
  expect(syscallNumber("bpf", "arm64")).toBe(280);
});

test("syscallNumber() refuses another architecture by name", () => {
  expect(() => syscallNumber("seccomp", "riscv64")).toThrow(
    "seccomp: ENOSYS: its number is known for x64 and arm64, not for riscv64",
  );
});
