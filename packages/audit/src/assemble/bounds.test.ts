import { describe, expect, test } from "vitest";
import { newAssembler, serials } from "./assembler.fixture.ts";
import { EXECVE_CALL, execRecords, record } from "../record/kernel-text.fixture.ts";

describe("Assembler, within bounds,", () => {
  test("holds no more events than it may, and counts those it let go", () => {
    const { assembler, told } = newAssembler({ maxEvents: 2 });
    for (const serial of [1, 2, 3]) assembler.push(record("SYSCALL", EXECVE_CALL, serial));
    expect(serials(told)).toEqual([1]);
    expect(told[0]?.partial).toEqual(["evicted"]);
    expect(assembler.counters).toMatchObject({ evicted: 1, missingEnd: 0 });
    expect(assembler.openEvents).toBe(2);
  });

  test("holds no more bytes than it may", () => {
    const { assembler, told } = newAssembler({ maxBytes: EXECVE_CALL.length * 2 });
    for (const serial of [1, 2, 3, 4]) assembler.push(record("SYSCALL", EXECVE_CALL, serial));
    expect(serials(told)).toEqual([1, 2]);
    for (const serial of [3, 4]) assembler.push(record("EOE", "", serial));
    expect(told.slice(2).map(({ partial }) => partial)).toEqual([[], []]);
  });

  test("keeps what comes behind the arguments where these are too many records", () => {
    const { assembler, told } = newAssembler({ maxEventRecords: 40 });
    for (const one of execRecords(Array.from({ length: 9 }, () => new Uint8Array(100_000)))) {
      assembler.push(one);
    }
    expect(told[0]?.records.map(({ type }) => type).slice(-4)).toEqual([1307, 1302, 1302, 1327]);
    expect(told[0]?.records).toHaveLength(39);
  });

  test("keeps the end of an event that is too long", () => {
    const { assembler, told } = newAssembler({ maxEventRecords: 1 });
    assembler.push(record("SYSCALL", EXECVE_CALL));
    assembler.push(record("CWD", 'cwd="/"'));
    assembler.push(record("EOE", ""));
    expect(told).toMatchObject([
      { records: [{ type: 1300 }, { type: 1320 }], partial: ["cut"], cutRecords: 1, cutBytes: 7 },
    ]);
  });

  test("cuts arguments without end, counts them, and keeps what comes behind them", () => {
    const { assembler, told } = newAssembler();
    const records = execRecords(
      Array.from({ length: 13 }, () => new Uint8Array(131_071).fill(0x41)),
    );
    for (const one of records) assembler.push(one);
    const [event] = told;
    const kept = event?.records.length ?? 0;
    expect(event?.partial).toEqual(["cut"]);
    expect(kept + (event?.cutRecords ?? 0)).toBe(records.length - 1);
    expect(event?.records.map(({ type }) => type).slice(-4)).toEqual([1307, 1302, 1302, 1327]);
    const bytes = event?.records.reduce((sum, { body }) => sum + body.length, 0) ?? 0;
    expect(bytes).toBeLessThanOrEqual(1024 * 1024);
    expect(bytes).toBeGreaterThan(900_000);
    const { cutRecords, cutBytes } = assembler.counters;
    expect({ cutRecords, cutBytes }).toEqual({
      cutRecords: event?.cutRecords,
      cutBytes: event?.cutBytes,
    });
  });

  test.each([
    ["one argument", [new Uint8Array(65_536).fill(0xff)]],
    ["arguments of one byte", Array.from({ length: 32_768 }, () => Uint8Array.of(0x0a))],
    ["empty arguments", Array.from({ length: 65_536 }, () => new Uint8Array(0))],
  ])("keeps 64 KiB of arguments whole: %s", (_, argv) => {
    const { assembler, told } = newAssembler();
    for (const one of execRecords(argv)) assembler.push(one);
    expect(told[0]?.partial).toEqual([]);
  });

  test.each([
    [{ maxEvents: 0 }, "maxEvents must be a whole number from 1 on, got 0"],
    [{ maxAgeMs: Number.NaN }, "maxAgeMs must be a whole number from 1 on, got NaN"],
    [{ maxEventBytes: 1.5 }, "maxEventBytes must be a whole number from 1 on, got 1.5"],
  ])("refuses %j", (options, message) => {
    expect(() => newAssembler(options)).toThrow(new RangeError(message));
  });
});
