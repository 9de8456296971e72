// Needs of the kernel: openat2 that asks nobody (Linux 5.12) and mount ids (5.8); root for other roots and FUSE, which nobody answers.
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  capability,
  compiler,
  cOffsets,
  installed,
  kernel,
  kernelTest,
  type Need,
  openDescriptors,
  program,
  root,
} from "@task-watchers/kernel-test";
import { afterAll, beforeAll, expect } from "vitest";
import {
  FileDescriptor,
  fileStatus,
  locateFile,
  type LocateOptions,
  Mounts,
  openPlace,
} from "./index.ts";
import { syscallNumber } from "./syscall-number.ts";

const NEEDS = [kernel("5.12")];
const fuse: Need = { name: "FUSE", isMet: () => existsSync("/dev/fuse"), excuses: true };
let dir = "";

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "locate-"));
  mkdirSync(join(dir, "a/b"), { recursive: true });
  writeFileSync(join(dir, "a/b/file"), "", { mode: 0o755 });
  symlinkSync("a/b", join(dir, "link"));
  symlinkSync(join(dir, "link/file"), join(dir, "absolute"));
  symlinkSync("loop", join(dir, "loop"));
  symlinkSync("/bin/sh", join(dir, "elsewhere"));
  symlinkSync("/a/b/file", join(dir, "of-another-root"));
});

afterAll(() => rmSync(dir, { recursive: true }));

/** Where a file is found, or what is said instead. */
function located(path: string, options?: LocateOptions): string | undefined {
  const found = locateFile(Buffer.from(path), options);
  if (!(found instanceof FileDescriptor)) return found;
  const real = readlinkSync(`/proc/self/fd/${found.number}`);
  found.close();
  return real;
}

kernelTest("numbers and structs of a lookup are the headers' own", [compiler], () => {
  const expected = {
    SYS_openat2: 437,
    SYS_statx: syscallNumber("statx"),
    RESOLVE_IN_ROOT: 0x10,
    RESOLVE_CACHED: 0x20,
    O_PATH: 0o10000000,
    O_CLOEXEC: 0o2000000,
    O_NOFOLLOW: process.arch === "arm64" ? 0o100000 : 0o400000,
    AT_STATX_DONT_SYNC: 0x4000,
    AT_EMPTY_PATH: 0x1000,
    STATX_TYPE: 1,
    STATX_MODE: 2,
    STATX_MNT_ID: 0x1000,
    "sizeof(struct open_how)": 24,
    "sizeof(struct statx)": 256,
    "offsetof(struct statx, stx_mode)": 28,
    "offsetof(struct statx, stx_mnt_id)": 144,
  };
  const headers = ["fcntl.h", "sys/syscall.h", "linux/openat2.h", "sys/stat.h"];
  const found = cOffsets({ headers, expressions: Object.keys(expected) });
  expect(found).toEqual(
    Object.fromEntries(Object.entries(expected).filter(([name]) => name in found)),
  );
  expect(Object.keys(found).length).toBeGreaterThan(8);
});

kernelTest("a file is found through its links, and what is not there is told", NEEDS, () => {
  const before = openDescriptors();
  const file = join(dir, "a/b/file");
  // Twice: the second time the kernel remembers all of it.
  for (let i = 0; i < 2; i++) {
    for (const path of ["a/b/file", "link/file", "absolute", "a/../link/./file"]) {
      expect([path, located(join(dir, "/") + path)]).toEqual([path, file]);
    }
    expect(located(join(dir, "none"))).toBe("ENOENT");
    expect(located(join(dir, "a/b/file/x"))).toBe("ENOTDIR");
    expect(located(join(dir, "a/b/file/"))).toBe("ENOTDIR");
    expect(located(join(dir, "loop"))).toBe("ELOOP");
    expect(located(join(dir, "x".repeat(300)))).toBe("ENAMETOOLONG");
    expect(located("/")).toBe("/");
  }
  const directory = openPlace(join(dir, "a"));
  expect(located("b/file", { ...(directory && { directory }) })).toBe(file);
  directory?.close();
  expect(openDescriptors()).toEqual(before);
});

kernelTest("in another root absolute links lead to where they lead there", NEEDS, () => {
  const other = openPlace(dir);
  if (other === undefined) throw new Error("no root");
  for (let i = 0; i < 2; i++) {
    expect(located("/of-another-root", { root: other })).toBe(join(dir, "a/b/file"));
    expect(located("/link/file", { root: other })).toBe(join(dir, "a/b/file"));
    expect(located("/elsewhere", { root: other })).toBe("ENOENT");
    expect(located("of-another-root", { root: other, directory: other })).toBe(
      join(dir, "a/b/file"),
    );
  }
  other.close();
});

kernelTest("a file has its mode and is on a file system that answers by itself", NEEDS, () => {
  chmodSync(join(dir, "a/b/file"), 0o4711);
  for (const [path, mode, isLocal] of [
    [join(dir, "a/b/file"), 0o104711, true],
    ["/proc/self", 0o40555, false],
  ] as const) {
    const file = openPlace(path);
    if (file === undefined) throw new Error(path);
    expect([path, fileStatus(file)?.mode, new Mounts().isLocal(file)]).toEqual([
      path,
      mode,
      isLocal,
    ]);
    file.close();
  }
});

kernelTest(
  "a file system that nobody answers for keeps no lookup waiting",
  [...NEEDS, fuse, capability("CAP_SYS_ADMIN"), root, program("unshare")],
  async () => {
    // In mounts of its own: the mount goes with the program. Node.js has opened nothing there.
    const device = openSync("/dev/fuse", "r+");
    const body = `
      import { execFileSync } from "node:child_process";
      import { readlinkSync } from "node:fs";
      import { locateFile } from "@task-watchers/linux";
      const link = ${JSON.stringify(join(dir, "to-fuse"))};
      console.log(JSON.stringify([${JSON.stringify(join(dir, "fuse"))}, link].map((path) => typeof locateFile(Buffer.from(path + "/x/y")))));
    `;
    mkdirSync(join(dir, "fuse"), { recursive: true });
    symlinkSync("fuse", join(dir, "to-fuse"));
    const mount = `mount -i -t fuse -o fd=9,rootmode=40000,user_id=0,group_id=0 fuse '${dir}/fuse' && exec "$@"`;
    const child = spawn(
      "unshare",
      ["-m", "sh", "-c", mount, "sh", process.execPath, "--input-type=module", "-e", body],
      {
        cwd: installed("linux"),
        stdio: [
          "ignore",
          "pipe",
          "inherit",
          "ignore",
          "ignore",
          "ignore",
          "ignore",
          "ignore",
          "ignore",
          device,
        ],
      },
    );
    closeSync(device);
    let text = "";
    child.stdout?.setEncoding("utf8").on("data", (more: string) => (text += more));
    // Should it wait, the file system has to go for it to end.
    const timer = setTimeout(() => child.kill("SIGKILL"), 20_000);
    const [code] = await once(child, "close");
    clearTimeout(timer);
    expect([code, text.trim()]).toEqual([0, '["undefined","undefined"]']);
  },
);
