import { describe, expect, test } from "vitest";
import { argv, newAssembler, serials } from "./assembler.fixture.ts";
import { EXECVE_CALL, execRecords, record } from "../record/kernel-text.fixture.ts";
import { Assembler } from "./assembler.ts";

describe("Assembler", () => {
  test("tells an event at its PROCTITLE, and takes the EOE behind it for no other", () => {
    const { assembler, told } = newAssembler();
    for (const one of execRecords(argv, 1)) assembler.push(one);
    for (const one of execRecords(argv, 2)) assembler.push(one);
    expect(serials(told)).toEqual([1, 2]);
    expect(told[0]?.records).toHaveLength(6);
    expect(told[0]?.partial).toEqual([]);
    assembler.flush();
    expect(assembler.counters).toMatchObject({ records: 14, events: 2, lateEnds: 2, late: 0 });
  });

  test("tells an event without PROCTITLE at its EOE", () => {
    const { assembler, told } = newAssembler();
    const records = execRecords(argv).filter(({ body }) => !body.startsWith("proctitle"));
    for (const one of records) assembler.push(one);
    expect(told).toHaveLength(1);
    expect(told[0]?.records).toEqual(records);
  });

  test("keeps interleaved events apart", () => {
    const { assembler, told } = newAssembler();
    const [one, two] = [execRecords(argv, 1), execRecords(argv, 2)];
    for (const [at, record] of one.entries()) {
      const other = two[at];
      assembler.push(record);
      if (other !== undefined) assembler.push(other);
    }
    expect(told.map(({ records }) => records)).toEqual([one.slice(0, -1), two.slice(0, -1)]);
  });

  test("keeps apart events with one serial, by their time and by their host", () => {
    const { assembler, told } = newAssembler();
    const call = record("SYSCALL", EXECVE_CALL, 7);
    assembler.push(call);
    assembler.push({ ...call, node: "other" });
    assembler.push({ ...record("PROCTITLE", "proctitle=61", 7), node: "other" });
    assembler.push(record("SYSCALL", EXECVE_CALL, 7, 500));
    assembler.push(record("PROCTITLE", "proctitle=62", 7, 500));
    expect(told.map(({ partial }) => partial)).toEqual([[], ["no-end"], []]);
    expect(told[0]?.records[0]?.node).toBe("other");
  });

  test.each([
    ["USER", 1005],
    ["USER_LOGIN", 1112],
    ["DAEMON_START", 1200],
    ["KERNEL", 2000],
    ["ANOM_LOGIN_FAILURES", 2100],
  ])("tells %s at once", (type) => {
    const { assembler, told } = newAssembler();
    assembler.push(record(type, "x=1"));
    expect(told).toMatchObject([{ partial: [] }]);
  });

  test.each(["LOGIN", "CONFIG_CHANGE", "ANOM_ABEND", "SECCOMP", "AVC"])(
    "waits for what may come behind %s, and takes it for whole when nothing does",
    (type) => {
      const { assembler, told } = newAssembler();
      assembler.push(record(type, "x=1", 1, 0));
      assembler.push(record("USER", "x=1", 2, 999));
      expect(serials(told)).toEqual([2]);
      assembler.flush();
      expect(told[1]).toMatchObject({ stamp: { serial: 1 }, partial: [] });
      expect(assembler.counters.missingEnd).toBe(0);
    },
  );

  test("ends by the clock of the stream what has waited too long", () => {
    const { assembler, told } = newAssembler({ maxAgeMs: 100 });
    assembler.push(record("SYSCALL", EXECVE_CALL, 1, 0));
    assembler.push(record("USER", "x=1", 2, 100));
    expect(serials(told)).toEqual([2]);
    assembler.push(record("USER", "x=1", 3, 101));
    expect(serials(told)).toEqual([2, 3, 1]);
    expect(told[2]?.partial).toEqual(["no-end"]);
    expect(assembler.counters.missingEnd).toBe(1);
  });

  test("ends by the caller's clock what has waited too long, never too early", () => {
    const { assembler, told } = newAssembler();
    assembler.age(5_000_000);
    assembler.push(record("SYSCALL", EXECVE_CALL, 1));
    assembler.age(9_000_000);
    assembler.age(9_002_000);
    expect(told).toEqual([]);
    assembler.age(9_002_001);
    expect(told).toMatchObject([{ partial: ["no-end"] }]);
  });

  test("gives a call that took long its time, though its stamp is old", () => {
    const { assembler, told } = newAssembler();
    assembler.push({
      ...record("USER", "x=1", 1),
      stamp: { seconds: 1_700_000_600, milliseconds: 0, serial: 1 },
    });
    for (const one of execRecords(argv, 2)) assembler.push(one);
    expect(told[1]).toMatchObject({ stamp: { serial: 2 }, partial: [] });
  });

  test("follows the clock of the host when it is set back", () => {
    const { assembler, told } = newAssembler();
    const at = (seconds: number, serial: number): void =>
      assembler.push({ ...record("USER", "x=1"), stamp: { seconds, milliseconds: 0, serial } });
    at(1_700_003_600, 1);
    assembler.push({
      ...record("LOGIN", "x=1"),
      stamp: { seconds: 1_700_003_600, milliseconds: 0, serial: 999 },
    });
    for (let serial = 2; serial < 80; serial++) at(1_700_000_000, serial);
    assembler.push(record("LOGIN", "x=1", 100));
    at(1_700_000_003, 101);
    expect(serials(told).slice(-3)).toEqual([101, 999, 100]);
  });

  test("tells late records as what they are, and lets a late end pass", () => {
    const { assembler, told } = newAssembler({ maxAgeMs: 10 });
    const [call, , cwd, path, , title, end] = execRecords(argv, 1);
    if (!call || !cwd || !path || !title || !end) throw new Error("no records");
    assembler.push(call);
    assembler.push(record("USER", "x=1", 2, 11));
    assembler.push(cwd);
    assembler.push(path);
    assembler.push(title);
    assembler.push(end);
    expect(told.map(({ partial }) => partial)).toEqual([[], ["no-end"], ["late"]]);
    expect(told[2]?.records).toEqual([cwd, path, title]);
    expect(assembler.counters).toMatchObject({ late: 3, lateEnds: 1, missingEnd: 1 });
  });

  test("says what began in the middle", () => {
    const { assembler, told } = newAssembler();
    for (const one of execRecords(argv).slice(1)) assembler.push(one);
    expect(told[0]?.partial).toEqual(["no-start"]);
    assembler.push(record("EOE", "", 2));
    expect(told[1]).toMatchObject({ partial: ["no-start"], records: [{ type: 1320 }] });
    expect(assembler.counters.missingStart).toBe(2);
  });

  test("counts serials that never came where it is asked to", () => {
    const { assembler } = newAssembler({ countMissingSerials: true });
    for (const serial of [10, 12, 11, 15]) assembler.push(record("USER", "x=1", serial));
    expect(assembler.counters.missingSerials).toBe(0);
    assembler.flush();
    expect(assembler.counters.missingSerials).toBe(2);
  });

  test("settles missing serials once they had their time", () => {
    const { assembler } = newAssembler({ countMissingSerials: true });
    assembler.push(record("USER", "x=1", 10));
    assembler.push(record("USER", "x=1", 12));
    assembler.age(0);
    assembler.age(2001);
    expect(assembler.counters.missingSerials).toBe(0);
    assembler.age(4002);
    expect(assembler.counters.missingSerials).toBe(1);
  });

  test("counts what is no record", () => {
    const { assembler } = newAssembler();
    expect(assembler.pushText(1300, "audit(1.000:2): x")).toBe(true);
    expect(assembler.pushText(1300, "no record")).toBe(false);
    expect(assembler.counters).toMatchObject({ malformed: 1, records: 1 });
  });

  test("stays whole when a listener throws, and lets it push", () => {
    const told: number[] = [];
    const assembler: Assembler = new Assembler({
      onEvent({ stamp }) {
        told.push(stamp.serial);
        if (stamp.serial === 1) assembler.push(record("USER", "x=1", 2));
        else throw new Error("no more");
      },
    });
    expect(() => assembler.push(record("USER", "x=1", 1))).toThrow("no more");
    expect(told).toEqual([1, 2]);
    expect(assembler.openEvents).toBe(0);
  });
});
