import { spawnSync } from "node:child_process";
import { readlinkSync } from "node:fs";
import { release } from "node:os";
import { type CapabilityName, hasCapability, hasEveryCapability } from "./capabilities.ts";

/** Something a test needs of the kernel or of the machine. */
export interface Need {
  /** As it appears in the title of a skipped test. */
  readonly name: string;
  isMet(): boolean;
  /** Whether a test may be skipped for lack of it even in a run that may do anything (default false). */
  readonly excuses?: boolean;
}

// include/linux/proc_ns.h
const INITIAL_USER_NAMESPACE = "user:[4026531837]";
const INITIAL_PID_NAMESPACE = "pid:[4026531836]";

/** The capability in effect, whoever has it. */
export function capability(name: CapabilityName): Need {
  return { name, isMet: () => hasCapability(name) };
}

/** User 0, for what is left of it without capabilities, and to become another user. */
export const root: Need = { name: "root", isMet: () => process.geteuid?.() === 0 };

/** A C compiler under the name `cc`, with the C library's and the kernel's headers. */
export const compiler: Need = {
  name: "cc",
  isMet: () => spawnSync("cc", ["--version"], { stdio: "ignore" }).status === 0,
};

/** A program on the PATH, such as `ausearch`, that a test has as its peer. */
export function program(name: string): Need {
  return {
    name: `the program ${name}`,
    isMet: () => spawnSync("sh", ["-c", `command -v "$0"`, name]).status === 0,
  };
}

/** No container in between: process ids are the host's, and capabilities count everywhere. */
export const initialNamespaces: Need = {
  name: "the initial namespaces",
  isMet: () =>
    readlinkSync("/proc/self/ns/user") === INITIAL_USER_NAMESPACE &&
    readlinkSync("/proc/self/ns/pid") === INITIAL_PID_NAMESPACE &&
    sharesNetworkWithInit(),
};

/** This kernel release or a later one. @param version such as `"6.6"` */
export function kernel(version: string): Need {
  return {
    name: `Linux ${version}`,
    isMet: () => compare(release(), version) >= 0,
    excuses: true,
  };
}

/**
 * Whether nothing but a missing tool or an old kernel could excuse a skip here: user 0 with every capability, in the
 * initial namespaces.
 */
export function mayDoAnything(): boolean {
  return (
    process.platform === "linux" &&
    root.isMet() &&
    hasEveryCapability() &&
    initialNamespaces.isMet()
  );
}

function sharesNetworkWithInit(): boolean {
  try {
    return readlinkSync("/proc/self/ns/net") === readlinkSync("/proc/1/ns/net");
  } catch {
    // Only root may look; for others the two namespaces above have to do.
    return true;
  }
}

function compare(left: string, right: string): number {
  const [a, b] = [left, right].map((text) => text.split(/[.-]/u).slice(0, 2).map(Number));
  return (a?.[0] ?? 0) - (b?.[0] ?? 0) || (a?.[1] ?? 0) - (b?.[1] ?? 0);
}
