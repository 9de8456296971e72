import { createMemoryFile, type FileDescriptor, SyscallError } from "@task-watchers/linux";
import { writeSync } from "node:fs";

/**
 * guard-x64.S beside this file, assembled: a whole ELF file, so small because it is all of it. A test assembles the source
 * again and compares.
 *
 *     cc -c guard-x64.S -o guard.o && objcopy -O binary -j .text guard.o guard && base64 guard
 */
const X64 = `
f0VMRgIBAQAAAAAAAAAAAAIAPgABAAAAeABAAAAAAABAAAAAAAAAAAAAAAAAAAAAAAAAAEAAOAABAEAAAAAAAAEAAAAFAAAA
AAAAAAAAAAAAAEAAAAAAAAAAQAAAAAAAhwEAAAAAAACHAQAAAAAAAAAQAAAAAAAASIHsAAEAAEjHBCQAAAAASMdEJAgDAAAA
SInnvgIAAAC6/////7gHAAAADwWFwHjo9kQkDjh1ZfZEJAY4dNrGRCQMAUUx5L8EAAAASI10JDC6gAAAAE2J4rgRAAAADwU9
gAAAAHUOSYHEgAAAAOhjAAAA69JIjXwkCL4BAAAAuv////+4BwAAAA8FhcB45vZEJA4BdRD2RCQOOHTYMf+45wAAAA8FSI18
JDC5EAAAADHA80irvwMAAAC+ACFQwEiNVCQwuBAAAAAPBYXAeKboAgAAAOufSItEJDhIiUQkGEjHRCQgAAAAAMdEJCgAAAAA
x0QkLAEAAAC/AwAAAL4BIRjASI1UJBi4EAAAAA8Fww==
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
