// Needs root, to give a file to another user.
import { chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kernelTest, root } from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { record } from "../record/kernel-text.fixture.ts";
import { RawLog } from "./raw-log.ts";

kernelTest("a raw log is written to no file of another user", [root], async () => {
  const folder = mkdtempSync(join(tmpdir(), "audit-owner-"));
  try {
    const path = join(folder, "audit.log");
    writeFileSync(path, "");
    chownSync(path, 65_534, 65_534);
    const errors: Error[] = [];
    const log = new RawLog({ path, onError: (error) => errors.push(error) });
    const records = [record("KERNEL", "x=1")];
    const [one] = records;
    if (one !== undefined) {
      log.write({ stamp: one.stamp, records, partial: [], cutRecords: 0, cutBytes: 0 });
    }
    await log.close();
    expect(errors).toMatchObject([
      { message: `${path} belongs to user 65534, not to 0; name a file of its own` },
    ]);
    expect(statSync(path).size).toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
