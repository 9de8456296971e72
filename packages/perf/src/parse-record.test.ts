import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  padded,
  rawComm,
  rawLost,
  rawRecord,
  rawSample,
  trailer,
  u32,
  u64,
} from "./record-bytes.fixture.ts";
import { parseRecord } from "./parse-record.ts";

function parse(bytes: readonly number[]): ReturnType<typeof parseRecord> {
  // With something before, as in a ring.
  const data = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8, ...bytes]);
  return parseRecord(new DataView(data.buffer), 8, bytes.length);
}

test("parseRecord() reads a sample with its stack", () => {
  expect(parse(rawSample(300, 123_456_789_012n, 0x5555_0000_1234n, 0x7fff_0000_0001n))).toEqual({
    type: "sample",
    event: 77n,
    pid: 300,
    tid: 300,
    timeNs: 123_456_789_012n,
    cpu: 1,
    period: 10_101_010,
    mode: "user",
    ip: 0x5555_0000_1234n,
    chain: BigUint64Array.of(0xffff_ffff_ffff_fe00n, 0x5555_0000_1234n, 0x7fff_0000_0001n),
  });
});

test("parseRecord() reads a sample in the kernel, of a task that has no number any more", () => {
  const bytes = rawRecord(9, 1, [
    ...u64(77, 0xffff_ffff_8100_0000n),
    ...u32(0xffff_ffff, 0xffff_ffff),
    ...u64(5),
    ...u32(0, 0),
    ...u64(1000, 0),
  ]);
  expect(parse(bytes)).toMatchObject({
    mode: "kernel",
    pid: -1,
    tid: -1,
    chain: new BigUint64Array(),
  });
});

test("parseRecord() reads a mapping, its name any bytes", () => {
  const name = [0x2f, 0x6c, 0xff, 0x0a, 0, 0, 0, 0]; // "/l", no UTF-8, a newline
  const bytes = rawRecord(10, 2, [
    ...u32(300, 301),
    ...u64(0x7f00_0000_0000n, 0x1000, 0x2000), // address, length, offset in the file
    ...u32(254, 3), // major, minor
    ...u64(339_380, 9), // inode, generation
    ...u32(5, 2), // PROT_READ | PROT_EXEC, MAP_PRIVATE
    ...name,
    ...trailer(300, 55),
  ]);
  expect(parse(bytes)).toEqual({
    type: "map",
    pid: 300,
    tid: 301,
    timeNs: 55n,
    start: 0x7f00_0000_0000n,
    end: 0x7f00_0000_1000n,
    offset: 0x2000n,
    major: 254,
    minor: 3,
    inode: 339_380n,
    path: "/l\udcff\n",
  });
});

test("parseRecord() takes no build id for an inode", () => {
  const bytes = rawRecord(10, 0x4002, [
    ...u32(1, 1),
    ...u64(0x1000, 0x1000, 0),
    ...Array.from({ length: 24 }, () => 0xaa),
    ...u32(5, 2),
    ...padded("/x"),
    ...trailer(1, 1),
  ]);
  expect(parse(bytes)).toMatchObject({ path: "/x", inode: 0n, major: 0, minor: 0 });
});

test("parseRecord() tells a program's name from another", () => {
  expect(parse(rawComm(9, 4n, "sh", 0x2000))).toEqual({
    ...{ type: "comm", pid: 9, tid: 9, timeNs: 4n, comm: "sh", isExec: true },
  });
  expect(parse(rawComm(9, 4n, "", 0))).toMatchObject({ comm: "", isExec: false });
});

test("parseRecord() reads forks and exits by their own time", () => {
  const body = [...u32(20, 10, 21, 11), ...u64(99), ...trailer(10, 98)];
  const life = { pid: 20, ppid: 10, tid: 21, ptid: 11, timeNs: 99n };
  expect(parse(rawRecord(7, 0, body))).toEqual({ type: "fork", ...life });
  expect(parse(rawRecord(4, 0, body))).toEqual({ type: "exit", ...life });
});

test("parseRecord() reads what was lost, and throttling", () => {
  expect(parse(rawLost(106_105, 3n))).toMatchObject({
    type: "lost",
    of: "records",
    count: 106_105,
  });
  const samples = rawRecord(13, 0, [...u64(12), ...trailer(5, 3)]);
  expect(parse(samples)).toMatchObject({ type: "lost", of: "samples", count: 12, timeNs: 3n });
  const body = [...u64(1, 2, 3), ...trailer(5, 8)];
  expect(parse(rawRecord(5, 0, body))).toMatchObject({ type: "throttle", timeNs: 8n });
  expect(parse(rawRecord(6, 0, body))).toMatchObject({ type: "unthrottle" });
});

test("parseRecord() says of other types that they are unknown", () => {
  // PERF_RECORD_SWITCH, and one that is not there yet.
  expect(parse(rawRecord(14, 0, []))).toBe("unknown");
  expect(parse(rawRecord(4711, 0, u64(1, 2, 3)))).toBe("unknown");
});

test("parseRecord() says of every record that is cut off that it is malformed, or reads less of a name", () => {
  const full = [
    rawSample(1, 1n, 1n, 2n),
    rawLost(1, 1n),
    rawComm(1, 1n, "program"),
    rawRecord(7, 0, [...u32(1, 2, 3, 4), ...u64(5), ...trailer(1, 1)]),
  ];
  for (const bytes of full) {
    for (let length = 8; length < bytes.length; length += 8) {
      const record = parse(bytes.slice(0, length));
      if (record === "malformed") continue;
      expect(record).toMatchObject({ type: "comm" });
    }
  }
});

test("parseRecord() believes no length of a stack that has no room", () => {
  const bytes = rawSample(1, 1n, 1n);
  bytes.splice(8 + 48, 8, ...u64(3));
  expect(parse(bytes)).toBe("malformed");
  bytes.splice(8 + 48, 8, ...u64(2n ** 63n));
  expect(parse(bytes)).toBe("malformed");
});

test("parseRecord() takes any bytes at all", () => {
  const types = fc.constantFrom(1, 2, 3, 4, 5, 6, 7, 9, 10, 13, 14, 99);
  const words = fc.uint8Array({ minLength: 0, maxLength: 400 });
  fc.assert(
    fc.property(types, fc.nat(0xffff), words, (type, misc, data) => {
      const bytes = rawRecord(type, misc, [...data.subarray(0, data.length & ~7)]);
      const record = parse(bytes);
      if (typeof record === "string") return;
      expect(typeof record.timeNs).toBe("bigint");
      if (record.type === "sample") expect(record.chain.length * 8).toBeLessThan(bytes.length);
    }),
  );
});
