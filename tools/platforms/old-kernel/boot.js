// @ts-check
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { CHARACTER_DEVICE, DIRECTORY, initramfs, LINK, PROGRAM, TEXT } from "./initramfs.js";

/** In the order in which they need each other. */
const MODULES = [
  "drivers/virtio/virtio_ring",
  "drivers/virtio/virtio",
  "drivers/virtio/virtio_pci_legacy_dev",
  "drivers/virtio/virtio_pci_modern_dev",
  "drivers/virtio/virtio_pci",
  "net/9p/9pnet",
  "net/9p/9pnet_virtio",
  "fs/netfs/netfs",
  "fs/fscache/fscache",
  "fs/9p/9p",
  "fs/overlayfs/overlay",
];

/** @typedef {{ kernel: string, busybox: string, checkout: string, work: string, bootWith?: string }} Guest */

/**
 * Boots a kernel with the host's /usr and the checkout, both read-only, and runs one command in the checkout as root.
 *
 * @param {Guest} guest an unpacked linux-image package, a busybox that is linked statically, the checkout, a directory to write,
 *   more words for the kernel's command line
 * @param {string} command for sh
 * @param {(line: string) => void} tell each line of the console
 * @param {number} timeoutMs
 * @returns {Promise<number | undefined>} the command's exit status; undefined when the guest did not come so far
 */
export async function runInGuest(guest, command, tell, timeoutMs) {
  const boot = join(guest.kernel, "boot");
  const image = readdirSync(boot).find((name) => name.startsWith("vmlinuz-"));
  if (image === undefined) throw new Error(`${boot} has no vmlinuz-…`);
  const archive = join(guest.work, "initramfs.cpio");
  writeFileSync(archive, initramfs(entriesOf(guest, image.slice("vmlinuz-".length), command)));
  const share = (/** @type {string} */ tag, /** @type {string} */ path) => [
    "-virtfs",
    `local,path=${path},mount_tag=${tag},security_model=none,readonly=on,multidevs=remap`,
  ];
  const args = [
    // Emulated: it is there everywhere, and KVM within a virtual machine hung where this was made.
    ...["-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "3G"],
    ...["-kernel", join(boot, image), "-initrd", archive],
    ...["-append", `console=ttyS0 quiet panic=-1 ${guest.bootWith ?? ""}`],
    ...["-display", "none", "-serial", "stdio", "-no-reboot", "-nic", "none"],
    ...share("usr", "/usr"),
    ...share("node", dirname(process.execPath)),
    ...share("checkout", guest.checkout),
  ];
  const machine = spawn("qemu-system-x86_64", args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve, reject) => {
    machine.on("error", reject);
    machine.on("close", resolve);
  });
  const timer = setTimeout(() => machine.kill("SIGKILL"), timeoutMs);
  let status;
  for await (const line of createInterface({ input: machine.stdout })) {
    const found = /^status: (\d+)\r?$/u.exec(line);
    if (found) status = Number(found[1]);
    else tell(line.replace(/\r$/u, ""));
  }
  await ended;
  clearTimeout(timer);
  return status;
}

/**
 * @param {Guest} guest
 * @param {string} release
 * @param {string} command
 * @returns {import("./initramfs.js").Entry[]}
 */
function entriesOf(guest, release, command) {
  const modules = join(guest.kernel, "lib/modules", release, "kernel");
  const text = (/** @type {string} */ path, /** @type {string} */ data) => ({
    path,
    mode: TEXT,
    data: Buffer.from(data),
  });
  return [
    ...["bin", "dev", "etc", "etc/alternatives", "modules"].map((path) => ({
      path,
      mode: DIRECTORY,
    })),
    // Without it process 1 has no standard output until it has mounted /dev.
    { path: "dev/console", mode: CHARACTER_DEVICE, device: [5, 1] },
    { path: "bin/busybox", mode: PROGRAM, data: readFileSync(guest.busybox) },
    { path: "init", mode: PROGRAM, data: readFileSync(new URL("guest-init.sh", import.meta.url)) },
    ...MODULES.map((path, at) => ({
      path: `modules/${String(at).padStart(2, "0")}.ko`,
      mode: TEXT,
      data: readFileSync(join(modules, `${path}.ko`)),
    })),
    // Programs that Debian reaches by way of /etc.
    ...["awk", "cc"].map((name) => ({
      path: `etc/alternatives/${name}`,
      mode: LINK,
      data: Buffer.from(readlinkSync(`/etc/alternatives/${name}`)),
    })),
    { path: "etc/ld.so.cache", mode: TEXT, data: readFileSync("/etc/ld.so.cache") },
    text("etc/passwd", "root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n"),
    text("etc/group", "root:x:0:\nnogroup:x:65534:\n"),
    text(
      "etc/command",
      `export PATH=/node:/usr/bin:/usr/sbin:/bin HOME=/root TMPDIR=/tmp NO_COLOR=1\ncd /checkout || exit\n${command}\n`,
    ),
  ];
}
