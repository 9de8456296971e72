// @ts-check
/** Where and when something is measured, and with what. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { peerVersions } from "../measuring/installed.js";

/** @returns {readonly (readonly [what: string, value: string])[]} */
export function machineFacts() {
  const [cpu] = cpus();
  return [
    [
      "machine",
      `${cpus().length} × ${cpu?.model.trim() ?? "unknown CPU"}, ${gigabytes(totalmem())}`,
    ],
    ["kernel", `Linux ${release()}`],
    ["distribution", distribution()],
    ["Node.js", process.version],
    ["compiler", firstLine("cc", ["--version"])],
    ["others", [...peerVersions()].map(([name, version]) => `${name} ${version}`).join(", ")],
  ];
}

/** When this is, on what commit, and how busy the machine is. */
export function moment() {
  const date = new Date().toISOString().slice(0, 16).replace("T", " ");
  const commit = firstLine("git", ["describe", "--always", "--dirty"]);
  const [load] = readFileSync("/proc/loadavg", "latin1").split(" ");
  return `${date} UTC, commit ${commit}, load before ${load}`;
}

/** @param {number} bytes */
function gigabytes(bytes) {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

function distribution() {
  try {
    const [, name] =
      /^PRETTY_NAME="?(.*?)"?$/mu.exec(readFileSync("/etc/os-release", "utf8")) ?? [];
    return name ?? "unknown";
  } catch {
    return "unknown";
  }
}

/** @param {string} file @param {string[]} args */
function firstLine(file, args) {
  try {
    return (
      execFileSync(file, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })
        .split("\n")[0]
        ?.trim() ?? "unknown"
    );
  } catch {
    return "unknown";
  }
}
