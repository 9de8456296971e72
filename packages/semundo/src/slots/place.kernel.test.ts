// Needs of the kernel: SysV semaphores; pidfds (Linux 5.3).
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { readSemaphoreTable } from "@task-watchers/linux";
import { kernel, kernelTest } from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { withDirectory } from "./directory.fixture.ts";
import { listSlots, removeUnusedSlots } from "./list-slots.ts";
import { keyOf } from "./named-set.ts";
import { slots } from "./open-slots.ts";
import { Place } from "./place.ts";

const NEEDS = [kernel("5.3")];

kernelTest("what others put into the directory is not believed", NEEDS, () =>
  withDirectory(async (directory) => {
    const ours = await slots("t", { count: 1, directory });
    const world = join(directory, readdirSync(directory)[0] ?? "");
    const record = join(world, "t", `holder.${process.pid}.1.1.1.0000000000000000`);
    writeFileSync(record, '{"since":1}');
    writeFileSync(join(world, "t", "holder.x"), "{");
    mkdirSync(join(world, "evil"));
    writeFileSync(join(world, "evil", "slots.json"), '{"key":-1}');
    mkdirSync(join(world, "linked"));
    symlinkSync("/etc/passwd", join(world, "linked", "slots.json"));
    const old = join(directory, "00000000-0000-0000-0000-000000000000.1");
    mkdirSync(old);
    expect(await listSlots({ directory })).toMatchObject([{ name: "t", free: 1, holders: [] }]);
    expect(existsSync(record)).toBe(false);
    await ours.close();
    await expect(ours.acquire()).rejects.toMatchObject({ code: "ECANCELED" });
    expect(await removeUnusedSlots({ directory })).toEqual(["evil", "linked"]);
    expect(existsSync(old)).toBe(false);
  }),
);

kernelTest("a directory that others can write, or a link, is refused", NEEDS, () =>
  withDirectory(async (directory) => {
    mkdirSync(directory);
    chmodSync(directory, 0o777);
    await expect(slots("t", { count: 1, directory })).rejects.toMatchObject({ code: "EACCES" });
    rmSync(directory, { recursive: true });
    symlinkSync("/tmp", directory);
    await expect(slots("t", { count: 1, directory })).rejects.toMatchObject({ code: "EACCES" });
    rmSync(directory);
  }),
);

kernelTest("files among the names, or in place of a record, are nobody's slots", NEEDS, () =>
  withDirectory(async (directory) => {
    const ours = await slots("t", { count: 1, directory });
    const world = join(directory, readdirSync(directory)[0] ?? "");
    writeFileSync(join(world, "stray"), "x");
    mkdirSync(join(world, "no name"));
    symlinkSync("/etc", join(world, "link"));
    expect(new Place(directory).names()).toEqual(["t"]);
    expect(await listSlots({ directory })).toHaveLength(1);
    expect(new Place(directory).files.read(join(world, "stray", "slots.json"))).toBeUndefined();
    expect(await removeUnusedSlots({ directory })).toEqual(["t"]);
    for (const name of ["stray", "no name", "link"]) {
      expect(existsSync(join(world, name)), name).toBe(true);
      rmSync(join(world, name), { recursive: true });
    }
    await ours.close();
  }),
);

kernelTest("what is no lock is told of and left alone; it is nobody's to replace", NEEDS, () =>
  withDirectory(async (directory) => {
    const ours = await slots("t", { count: 1, directory });
    const lock = join(directory, readdirSync(directory)[0] ?? "", ".lock");
    const original = readFileSync(lock, "utf8");
    for (const content of ["", "{", '{"key":0}', '{"key":1.5}', "[]"]) {
      writeFileSync(lock, content);
      const refused = slots("u", { count: 1, directory });
      await expect(refused, content).rejects.toMatchObject({ code: "EINVAL", syscall: "open" });
      await expect(refused).rejects.toThrow(/\.lock must be a file with the key of the lock/u);
      expect(readFileSync(lock, "utf8")).toBe(content);
    }
    writeFileSync(lock, original);
    await ours.close();
  }),
);

kernelTest("a lock put in place of ours while we have it stays", NEEDS, () =>
  withDirectory(async (directory) => {
    const place = new Place(directory);
    const lock = place.of(".lock");
    const theirs = JSON.stringify({ key: 0x7fff_fffe });
    await place.locked(() => {
      rmSync(lock);
      writeFileSync(lock, theirs);
    });
    expect(readFileSync(lock, "utf8")).toBe(theirs);
    rmSync(directory, { recursive: true });
  }),
);

kernelTest("no semaphore is left when the last name goes, the lock's neither", NEEDS, () =>
  withDirectory(async (directory) => {
    const opened = await slots("t", { count: 1, directory });
    const place = new Place(directory);
    const world = join(directory, readdirSync(directory)[0] ?? "");
    const keys = [keyOf(place, "t"), place.files.read(join(world, ".lock"))?.["key"]];
    const present = (): boolean[] =>
      keys.map((key) => readSemaphoreTable().some((row) => row.key === key));
    expect(present()).toEqual([true, true]);
    await opened.close();
    expect(present()).toEqual([false, false]);
  }),
);
