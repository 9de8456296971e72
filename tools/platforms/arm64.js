// @ts-check
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeProject } from "../combinations/project.js";
import { packAll, ROOT } from "../combinations/tarballs.js";
import { nodeBinary } from "./node-binary.js";

/** From Debian: qemu-user-static, and libc6-arm64-cross with libstdc++6-arm64-cross. */
const QEMU = "qemu-aarch64-static";
const LIBRARIES = "/usr/aarch64-linux-gnu";

const SCOPE = "@task-watchers/";

/**
 * Everything installed for arm64, and there: every entry imported, the example that needs no Linux, and a system call by way of
 * koffi's binary for that processor.
 *
 * @returns {import("./run.js").Row}
 */
export function onArm64() {
  const row = { platform: "arm64 (emulated)", what: "install, import, example, system call" };
  if (spawnSync(QEMU, ["--version"]).error) {
    const needed = `${QEMU} is not here: apt-get install qemu-user-static libstdc++6-arm64-cross`;
    return { ...row, result: "did not run", faults: [needed] };
  }
  const work = mkdtempSync(join(tmpdir(), "task-watchers-arm64-"));
  let directory;
  try {
    const tarballs = packAll(work);
    const names = [...tarballs.keys()]
      .filter((name) => name.startsWith(SCOPE))
      .map((name) => name.slice(SCOPE.length));
    directory = makeProject("npm", names, tarballs, ["--cpu=arm64", "--os=linux", "--libc=glibc"]);
    copyFileSync(join(ROOT, "examples/bare-chain.js"), join(directory, "bare-chain.js"));
    for (const file of ["import-all.js", "system-call.js"]) {
      copyFileSync(new URL(`workloads/${file}`, import.meta.url), join(directory, file));
    }
    const node = join(nodeBinary("22", "arm64"), "node");
    const faults = [];
    let entries = "";
    for (const file of ["import-all.js", "bare-chain.js", "system-call.js"]) {
      const { status, stdout, stderr } = spawnSync(QEMU, ["-L", LIBRARIES, node, file], {
        cwd: directory,
        encoding: "utf8",
        timeout: 300_000,
      });
      if (file === "import-all.js") entries = stdout.trim();
      if (status !== 0) faults.push(`${file}: exit status ${status}: ${stderr.trim()}`);
    }
    return { ...row, result: `${entries}, ${faults.length} failed`, faults };
  } finally {
    if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
    rmSync(work, { recursive: true, force: true });
  }
}
