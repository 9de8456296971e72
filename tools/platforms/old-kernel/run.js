// @ts-check
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT, run } from "../../combinations/tarballs.js";
import { cacheFolder } from "../cache-folder.js";
import { runInGuest } from "./boot.js";

const TIMEOUT_MS = 600_000;

/**
 * What is done without the features of Linux 6.6, and without audit, in an emulated machine under Debian 12's Linux 6.1. Needs a Debian 12 of x64 to
 * fetch the kernel from, and qemu-system-x86.
 *
 * @returns {Promise<import("../run.js").Row>}
 */
export async function onOldKernel() {
  const row = { platform: "Linux 6.1 (emulated)", what: "fallbacks, BPF, without audit" };
  if (process.arch !== "x64" || spawnSync("qemu-system-x86_64", ["--version"]).error) {
    const needed =
      "qemu-system-x86_64 is not here, or this is not x64: apt-get install qemu-system-x86";
    return { ...row, result: "did not run", faults: [needed] };
  }
  const work = mkdtempSync(join(tmpdir(), "task-watchers-old-kernel-"));
  try {
    const guest = {
      kernel: fetched("linux-image-6.1", newestKernel()),
      busybox: join(fetched("busybox", "busybox-static"), "bin/busybox"),
      checkout: ROOT,
      work,
      bootWith: "audit=0",
    };
    /** @type {string[]} */
    const console = [];
    const command = "node tools/platforms/old-kernel/fallbacks.js";
    const status = await runInGuest(guest, command, (line) => console.push(line), TIMEOUT_MS);
    const proved = console.filter((line) => line.startsWith("ok ")).length;
    const faults = console.filter((line) => line.startsWith("not ok "));
    if (status !== 0 && faults.length === 0) {
      faults.push(`the guest's exit status is ${status}:\n${console.slice(-20).join("\n")}`);
    }
    return { ...row, result: `${proved} proved, ${faults.length} failed`, faults };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The package of the newest 6.1 that apt knows, with all modules. */
function newestKernel() {
  const names = run("apt-cache", ["pkgnames", "linux-image-6.1"], ROOT).split("\n");
  const newest = names
    .filter((name) => /^linux-image-6\.1\.0-\d+-amd64$/u.test(name))
    .toSorted((a, b) => a.localeCompare(b, "en", { numeric: true }))
    .at(-1);
  if (newest === undefined)
    throw new Error("apt knows no linux-image-6.1.0-*-amd64: Debian 12 has it");
  return newest;
}

/**
 * What is in a package of Debian, unpacked and not installed.
 *
 * @param {string} name the folder to keep it in
 * @param {string} packageName
 */
function fetched(name, packageName) {
  const folder = join(cacheFolder(), name);
  if (existsSync(folder)) return folder;
  const temporary = mkdtempSync(`${folder}.`);
  try {
    run("apt-get", ["download", "-qq", packageName], temporary);
    const archive = readdirSync(temporary).find((file) => file.endsWith(".deb"));
    if (archive === undefined) throw new Error(`apt-get download ${packageName} left nothing`);
    mkdirSync(join(temporary, "files"));
    run("dpkg-deb", ["--extract", archive, "files"], temporary);
    renameSync(join(temporary, "files"), folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return folder;
}
