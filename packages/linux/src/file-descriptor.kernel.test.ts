// Needs: nothing but Linux.
import { openSync } from "node:fs";
import { kernelTest, openDescriptors } from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { FileDescriptor } from "./file-descriptor.ts";

kernelTest("close() gives the number back, once", [], () => {
  const before = openDescriptors();
  const fd = new FileDescriptor(openSync("/dev/null", "r"));
  const { number } = fd;
  expect(fd.closed).toBe(false);
  fd.close();
  expect(openDescriptors()).toEqual(before);
  // The number now belongs to another file, which a second close must leave alone.
  const other = new FileDescriptor(openSync("/dev/zero", "r"));
  expect(other.number).toBe(number);
  fd.close();
  expect(openDescriptors()).toContain(`${number} -> /dev/zero`);
  other.close();
  expect(openDescriptors()).toEqual(before);
});

kernelTest("a closed one tells its number to nobody", [], () => {
  const fd = new FileDescriptor(openSync("/dev/null", "r"));
  fd[Symbol.dispose]();
  expect(fd.closed).toBe(true);
  expect(() => fd.number).toThrow(expect.objectContaining({ code: "EBADF" }));
});
