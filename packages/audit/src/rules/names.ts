import { readFileSync, statSync } from "node:fs";
import { syscallName, syscallNumber } from "../interpret/syscalls.ts";
import { type HostArches, hostArches } from "./arches.ts";

/** Names of system calls, by AUDIT_ARCH_…. */
export interface SyscallNames {
  number(arch: number, name: string): number | undefined;
  name(arch: number, number: number): string | undefined;
}

/** Where the words in the text of a rule get their numbers from, as far as machines differ. */
export interface RuleNames {
  readonly syscalls: SyscallNames;
  /** What `b64` and `b32` mean. */
  readonly host: HostArches;
  uid(name: string): number | undefined;
  gid(name: string): number | undefined;
  /** Whether a path is a directory; it need not exist. */
  isDirectory(path: string): boolean;
}

/** This machine's: users and groups from /etc, its file system. */
export const MACHINE_NAMES: RuleNames = {
  syscalls: { number: syscallNumber, name: syscallName },
  get host() {
    return hostArches();
  },
  uid: (name) => idIn("/etc/passwd", name),
  gid: (name) => idIn("/etc/group", name),
  isDirectory: (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false,
};

/** The third field of the line that begins with a name: passwd(5), group(5). */
function idIn(path: string, name: string): number | undefined {
  const lines = readFileSync(path, "utf8").split("\n");
  const fields = lines.map((line) => line.split(":")).find(([first]) => first === name);
  return fields?.[2] === undefined ? undefined : Number(fields[2]);
}
