// @ts-check
/** The programs we are compared with, and the Debian packages that have them. */
import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { join } from "node:path";

/** @type {Readonly<Record<string, string>>} */
const PACKAGES = {
  auditd: "auditd",
  execsnoop: "libbpf-tools",
  extrace: "extrace",
  forkstat: "forkstat",
  perf: "linux-perf",
  strace: "strace",
};

// Where programs for root are, also when the PATH is a user's.
process.env["PATH"] = `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`;

/** @param {string} program */
export function isInstalled(program) {
  return (process.env["PATH"] ?? "").split(":").some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** The version of a program's package, for what is printed. @param {string} program */
export function packageVersion(program) {
  const args = ["-W", "-f", "${Version}", PACKAGES[program] ?? program];
  const { stdout, status } = spawnSync("dpkg-query", args, { encoding: "utf8" });
  return status === 0 && stdout !== "" ? stdout : undefined;
}

/** The peers that are installed, with their versions. */
export function peerVersions() {
  const names = Object.keys(PACKAGES).filter((name) => isInstalled(name));
  return new Map(names.map((name) => [name, packageVersion(name) ?? "unknown"]));
}

/**
 * Installs the peers that are missing; says so where one cannot be had.
 *
 * @param {boolean} isAsked without it they are only named
 */
export function providePeers(isAsked) {
  const missing = Object.keys(PACKAGES).filter((name) => !isInstalled(name));
  if (missing.length === 0) return;
  if (isAsked) install([...new Set(missing.map((name) => PACKAGES[name] ?? name))]);
  const left = missing.filter((name) => !isInstalled(name));
  if (left.length > 0) {
    process.stderr.write(
      `left out, as not installed (--peers installs them): ${left.join(", ")}\n`,
    );
  }
}

/** Debian packages, and nothing that they merely recommend. @param {readonly string[]} packages */
export function install(packages) {
  const args = ["install", "-y", "-q", "--no-install-recommends", ...packages];
  // Its output is not that of the benchmark. A daemon among them is not to be started.
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  const { status } = spawnSync("apt-get", args, { stdio: ["ignore", 2, 2], env });
  if (status !== 0) process.stderr.write(`apt-get install ${packages.join(" ")} failed\n`);
}
