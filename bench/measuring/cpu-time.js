// @ts-check
/** CPU time and memory of processes that run, from /proc. */
import { readdirSync, readFileSync } from "node:fs";

/** Nanoseconds of CPU time a process and its live descent have used, all their threads. @param {number} pid */
export function cpuNsOfTree(pid) {
  return processesOf(pid).reduce((sum, one) => sum + cpuNs(one), 0);
}

/** Nanoseconds of CPU time a thread of the kernel's own has used; 0 when there is none of that name. @param {string} name */
export function cpuNsOfKernelThread(name) {
  const pid = list("/proc").find((one) => {
    return /^\d+$/u.test(one) && read(`/proc/${one}/comm`) === `${name}\n`;
  });
  return pid === undefined ? 0 : cpuNs(Number(pid));
}

/** Bytes of memory a process and its live descent have resident. @param {number} pid */
export function residentBytesOfTree(pid) {
  return processesOf(pid).reduce((sum, one) => sum + residentBytes(one), 0);
}

/** @param {number} pid */
function cpuNs(pid) {
  let sum = 0;
  for (const tid of list(`/proc/${pid}/task`)) {
    // proc(5): nanoseconds on a CPU, nanoseconds waiting for one, times on one.
    sum += Number(read(`/proc/${pid}/task/${tid}/schedstat`).split(" ")[0]);
  }
  return sum;
}

/** @param {number} pid */
function residentBytes(pid) {
  const [, kibibytes = "0"] = /^VmRSS:\s+(\d+) kB$/mu.exec(read(`/proc/${pid}/status`)) ?? [];
  return Number(kibibytes) * 1024;
}

/** A process and its live descent. @param {number} pid @returns {number[]} */
function processesOf(pid) {
  const all = [pid];
  // Grows while it is walked.
  for (const one of all) {
    for (const tid of list(`/proc/${one}/task`)) {
      const children = read(`/proc/${one}/task/${tid}/children`).split(" ");
      all.push(...children.filter((text) => text.trim() !== "").map(Number));
    }
  }
  return all;
}

/** @param {string} path */
function list(path) {
  try {
    return readdirSync(path);
  } catch {
    // It has ended meanwhile.
    return [];
  }
}

/** @param {string} path */
function read(path) {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
