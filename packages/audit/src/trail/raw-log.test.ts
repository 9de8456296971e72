import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AuditEvent } from "../assemble/audit-event.ts";
import { newAuditLogReport, readAuditLog } from "../log/read-audit-log.ts";
import { execRecords, record } from "../record/kernel-text.fixture.ts";
import { RawLog, type TrailOptions } from "./raw-log.ts";

let folder = "";
let path = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "audit-trail-"));
  path = join(folder, "audit.log");
});

afterEach(() => rmSync(folder, { recursive: true }));

function event(serial: number, argument = "true"): AuditEvent {
  const records = execRecords([Buffer.from(argument)], serial);
  const stamp = { seconds: 1_700_000_000, milliseconds: 0, serial };
  return { stamp, records, partial: [], cutRecords: 0, cutBytes: 0 };
}

async function serials(rotated = false): Promise<number[]> {
  const found: number[] = [];
  const report = newAuditLogReport();
  for await (const { stamp } of readAuditLog(path, { rotated, report })) found.push(stamp.serial);
  expect(report).toMatchObject({ missingStart: 0, missingEnd: 0, cutOff: 0 });
  return found;
}

describe("RawLog", () => {
  test("writes events whole and in order, for the owner alone to read", async () => {
    const log = new RawLog({ path });
    expect(existsSync(path)).toBe(false);
    for (const serial of [1, 2, 3]) expect(log.write(event(serial))).toBe(true);
    await log.close();
    expect(await serials()).toEqual([1, 2, 3]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const bytesWritten = statSync(path).size;
    expect(log.counters).toMatchObject({
      ...{ eventsWritten: 3, recordsWritten: 21, bytesWritten },
      ...{ eventsDropped: 0, writeErrors: 0 },
    });
  });

  test("goes on where the last run ended, and ends the line in which that broke off", async () => {
    await using first = new RawLog({ path });
    first.write(event(1));
    await first.close();
    appendFileSync(path, "type=SYSCALL msg=audit(17000");
    await using second = new RawLog({ path });
    second.write(event(2));
    await second.close();
    const report = newAuditLogReport();
    const partial: (readonly string[])[] = [];
    for await (const event of readAuditLog(path, { report })) partial.push(event.partial);
    expect(partial).toEqual([[], []]);
    expect(report.malformed).toBe(1);
  });

  test("sets files aside by size, keeps so many, and parts no event", async () => {
    const log = new RawLog({ path, maxBytes: 4000, keep: 2 });
    for (let serial = 1; serial <= 20; serial++) {
      log.write(event(serial));
      await log.flush();
    }
    await log.close();
    expect(readdirSync(folder).sort()).toEqual(["audit.log", "audit.log.1", "audit.log.2"]);
    const found = await serials(true);
    expect(found.at(-1)).toBe(20);
    expect(found).toEqual(Array.from(found, (_, at) => 20 - found.length + 1 + at));
    for (const name of readdirSync(folder)) {
      expect(statSync(join(folder, name)).size).toBeLessThanOrEqual(4000);
    }
    expect(log.counters.rotations).toBeGreaterThan(2);
  });

  test("sets files aside in a burst as it does one by one", async () => {
    const log = new RawLog({ path, maxBytes: 4000, keep: 50 });
    for (let serial = 1; serial <= 40; serial++) log.write(event(serial));
    await log.close();
    expect(await serials(true)).toEqual(Array.from({ length: 40 }, (_, at) => at + 1));
    for (const name of readdirSync(folder)) {
      expect(statSync(join(folder, name)).size).toBeLessThanOrEqual(4000);
    }
  });

  test("writes an event that is larger than a file may be into one of its own", async () => {
    const log = new RawLog({ path, maxBytes: 1000, keep: 9 });
    for (const serial of [1, 2, 3]) log.write(event(serial, "x".repeat(2000)));
    await log.close();
    expect(await serials(true)).toEqual([1, 2, 3]);
    expect(readdirSync(folder)).toHaveLength(3);
  });

  test("drops and counts what would have to wait beyond bounds", async () => {
    const log = new RawLog({ path, maxWaitingBytes: 3000 });
    const taken = [1, 2, 3, 4, 5].map((serial) => log.write(event(serial)));
    const count = taken.filter(Boolean).length;
    expect(count).toBeGreaterThan(1);
    expect(count).toBeLessThan(5);
    expect(taken).toEqual([...Array(count).fill(true), ...Array(5 - count).fill(false)]);
    await log.flush();
    expect(log.write(event(6))).toBe(true);
    await log.close();
    expect((await serials()).length).toBe(count + 1);
    expect(log.counters).toMatchObject({
      eventsDropped: 5 - count,
      recordsDropped: (5 - count) * 7,
    });
    expect(log.write(event(7))).toBe(false);
  });

  test("counts what it masks", async () => {
    const log = new RawLog({ path });
    const records = [record("KERNEL", "a\nb")];
    log.write({ ...event(1), records });
    await log.close();
    expect(log.counters.maskedBytes).toBe(1);
    expect(readFileSync(path, "latin1")).toContain(": a?b\n");
  });

  test.each([
    ["goes through no link", () => symlinkSync(join(folder, "elsewhere"), path), "ELOOP"],
    ["writes to no directory", () => mkdirSync(path), "EISDIR"],
    ["needs a folder that is there", () => rmdirSync(folder), "ENOENT"],
  ])("%s, and says so", async (_, prepare, code) => {
    prepare();
    const errors: Error[] = [];
    const log = new RawLog({ path, onError: (error) => errors.push(error) });
    log.write(event(1));
    await log.close();
    mkdirSync(folder, { recursive: true });
    expect(errors).toMatchObject([{ code }]);
    expect(log.counters).toMatchObject({ writeErrors: 1, eventsDropped: 1, recordsDropped: 7 });
    expect(existsSync(join(folder, "elsewhere"))).toBe(false);
  });

  test("is refused at once by open() where it could not be written to", async () => {
    await expect(RawLog.open({ path: join(folder, "none", "audit.log") })).rejects.toMatchObject({
      code: "ENOENT",
    });
    await expect(RawLog.open({ path: "/dev/null" })).rejects.toThrow("is no regular file");
    await expect(RawLog.open({ path: "" })).rejects.toThrow(TypeError);
  });

  test("by open() goes on as by the constructor, torn line and size included", async () => {
    appendFileSync(path, "type=SYSCALL msg=audit(17000");
    const log = await RawLog.open({ path, maxBytes: 4000, keep: 3 });
    for (let serial = 1; serial <= 5; serial++) log.write(event(serial));
    await log.close();
    expect(readFileSync(`${path}.1`, "latin1")).toMatch(/^type=SYSCALL msg=audit\(17000\n/u);
    expect(log.firstError).toBeUndefined();
    expect(log.counters).toMatchObject({ eventsWritten: 5, eventsDropped: 0, rotations: 1 });
  });

  test("keeps the first reason for which events were dropped", async () => {
    const log = await RawLog.open({ path, maxBytes: 4000, keep: 1 });
    mkdirSync(`${path}.1`);
    for (let serial = 1; serial <= 5; serial++) log.write(event(serial));
    await log.close();
    expect(log.counters).toMatchObject({ writeErrors: 1 });
    expect(log.counters.eventsDropped).toBeGreaterThan(0);
    expect(log.firstError).toMatchObject({ code: "EISDIR" });
  });

  test("writes to no device", async () => {
    const errors: Error[] = [];
    const log = new RawLog({ path: "/dev/null", onError: (error) => errors.push(error) });
    log.write(event(1));
    await log.close();
    expect(errors).toMatchObject([
      { message: "/dev/null is no regular file; name a file of its own" },
    ]);
  });

  test("leaves the file alone for a while after a failure, and goes on when it can", async () => {
    const errors: Error[] = [];
    rmdirSync(folder);
    const log = new RawLog({ path, onError: (error) => errors.push(error) });
    log.write(event(1));
    await log.flush();
    log.write(event(2));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(errors).toHaveLength(1);
    expect(log.counters.eventsDropped).toBe(2);
    mkdirSync(folder);
    log.write(event(3));
    await log.flush();
    await log.close();
    expect(await serials()).toEqual([3]);
  });

  test.each<[Partial<TrailOptions>, string]>([
    [{ path: "" }, 'path must be the name of a file, got ""'],
    [{ maxBytes: 0 }, "maxBytes must be a whole number from 1 on, got 0"],
    [{ keep: 1.5 }, "keep must be a whole number from 1 on, got 1.5"],
    [{ maxWaitingBytes: -1 }, "maxWaitingBytes must be a whole number from 1 on, got -1"],
  ])("refuses %j", (options, message) => {
    expect(() => new RawLog({ path, ...options })).toThrow(message);
  });

  test("leaves the mode of a file that was there", async () => {
    appendFileSync(path, "");
    chmodSync(path, 0o640);
    await using log = new RawLog({ path });
    log.write(event(1));
    await log.flush();
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });
});
