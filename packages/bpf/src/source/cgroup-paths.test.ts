import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProcReader } from "@task-watchers/linux/procfs";
import { expect, test } from "vitest";
import { CgroupPaths, unifiedMountPoint } from "./cgroup-paths.ts";

test("the unified hierarchy is where it is mounted whole", () => {
  const lines = [
    "25 1 0:23 / /sys/fs/cgroup ro - tmpfs tmpfs rw",
    "26 25 0:24 / /sys/fs/cgroup/cpu rw shared:9 - cgroup cgroup rw,cpu",
    "27 25 0:25 /part /elsewhere rw - cgroup2 cgroup2 rw",
    "28 25 0:25 / /sys/fs/cgroup/unified rw shared:10 master:2 - cgroup2 cgroup2 rw",
  ];
  expect(unifiedMountPoint(lines.join("\n"))).toBe("/sys/fs/cgroup/unified");
  expect(unifiedMountPoint(lines.slice(0, 3).join("\n"))).toBeUndefined();
  expect(unifiedMountPoint("")).toBeUndefined();
});

test("a path is learnt once, and only when its directory has the id", () => {
  const root = mkdtempSync(join(tmpdir(), "cgroup-"));
  try {
    mkdirSync(join(root, "one"));
    const id = statSync(join(root, "one"), { bigint: true }).ino;
    let asked = 0;
    const answers = ["/gone", "/one"];
    const proc = { cgroup: () => answers[asked++] ?? { missing: "ENOENT" } };
    const paths = new CgroupPaths(proc as unknown as ProcReader, root);
    expect(paths.path(id, 1)).toBeUndefined();
    expect(paths.path(id, 1)).toBe("/one");
    expect(paths.path(id, 1)).toBe("/one");
    expect(asked).toBe(2);
    expect(paths.path(id + 1n, 1)).toBeUndefined();
  } finally {
    rmSync(root, { recursive: true });
  }
});
