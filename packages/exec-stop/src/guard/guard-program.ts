import type { FileDescriptor } from "@task-watchers/linux/file-descriptor";
import { createMemoryFile } from "@task-watchers/linux/memory-file";
import { SyscallError } from "@task-watchers/linux/syscall-error";
import { writeSync } from "node:fs";

/**
 * guard-x64.S beside this file, assembled: a whole ELF file, so small because it is all of it. A test assembles the source
 * again and compares.
 *
 *     cc -c guard-x64.S -o guard.o && objcopy -O binary -j .text guard.o guard && base64 guard
 */
const X64 = `
f0VMRgIBAQAAAAAAAAAAAAIAPgABAAAAeABAAAAAAABAAAAAAAAAAAAAAAAAAAAAAAAAAEAAOAABAEAAAAAAAAEAAAAFAAAAAAAA
AAAAAAAAAEAAAAAAAAAAQAAAAAAApwEAAAAAAACnAQAAAAAAAAAQAAAAAAAASIHsAAEAAEjHBCQAAAAAxkQkBAFIx0QkCAMAAABI
x0QkEAUAAADGRCQUAUiJ574DAAAAuv////+4BwAAAA8FhcB46PZEJA4wdW1mg3wkBgB1B/ZEJBYBdNLGRCQMAUUx5L8EAAAASI10
JDC6gAAAAE2J4rgRAAAADwU9gAAAAHUOSYHEgAAAAOhjAAAA69JIjXwkCL4BAAAAuv////+4BwAAAA8FhcB45vZEJA4BdRD2RCQO
MHTYMf+45wAAAA8FSI18JDC5EAAAADHA80irvwMAAAC+ACFQwEiNVCQwuBAAAAAPBYXAeKboAgAAAOufSItEJDhIiUQkIEjHRCQo
AAAAAMdEJDAAAAAAx0QkNAEAAAC/AwAAAL4BIRjASI1UJCC4EAAAAA8Fg/j8dMLD
`;

const PROGRAMS: Readonly<Record<string, string>> = { x64: X64 };

/** The guard's program for a machine, undefined where none is written. @param arch as in `process.arch` */
export function guardProgram(arch: string): Uint8Array | undefined {
  const text = PROGRAMS[arch];
  return text === undefined ? undefined : Buffer.from(text, "base64");
}

/** The program in a file in memory, to be run; undefined where there is none, or where such files must not be run. */
export function guardProgramFile(): FileDescriptor | undefined {
  const program = guardProgram(process.arch);
  if (program === undefined) return undefined;
  try {
    const file = createMemoryFile("exec-stop-guard", { executable: true });
    writeSync(file.number, program);
    return file;
  } catch (error) {
    if (error instanceof SyscallError) return undefined;
    throw error;
  }
}
