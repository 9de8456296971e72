import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { BpfEvent } from "./bpf-event.ts";
import { decodeRecord, lostBefore } from "./decode-record.ts";
import { sampleExec, sampleExit, sampleFork } from "./record.fixture.ts";

/** Decodes from the middle of a larger memory, as in the ring. */
function decode(record: Uint8Array): BpfEvent | undefined {
  const memory = new Uint8Array(record.byteLength + 24);
  memory.set(record, 16);
  return decodeRecord(new DataView(memory.buffer, 8), 8, record.byteLength);
}

const HEAD = { timeNs: 1_000_000_007n, pid: 41, tgid: 40, startNs: 900_000_001n };

describe("decodeRecord()", () => {
  test("reads a fork", () => {
    expect(decode(sampleFork())).toEqual({
      type: "fork",
      ...HEAD,
      isThread: true,
      parentPid: 10,
      parentTgid: 11,
      creatorPid: 12,
      creatorTgid: 13,
    });
  });

  test("reads an exec, its file and its arguments", () => {
    expect(decode(sampleExec())).toEqual({
      type: "exec",
      ...HEAD,
      oldPid: 42,
      filename: "/bin/ls",
      exe: "/usr/bin/ls",
      cwd: "/tmp",
      argv: new Uint8Array(Buffer.from("ls\0-l\0")),
      argvLength: 6,
      argvTruncated: false,
      ruid: 1,
      euid: 2,
      rgid: 3,
      egid: 4,
      cgroupId: 77n,
    });
  });

  test("copies the arguments: the ring's memory is the kernel's again", () => {
    const record = sampleExec();
    const event = decodeRecord(new DataView(record.buffer), 0, record.byteLength);
    record.fill(0xff);
    expect(event?.type === "exec" && Buffer.from(event.argv).toString()).toBe("ls\0-l\0");
  });

  test("says when arguments were cut off, and why when it was not for their length", () => {
    const cut = { argvTruncated: true, argvLength: 100_000 };
    expect(decode(sampleExec({ argvLength: 100_000 }))).toMatchObject(cut);
    expect(decode(sampleExec({ argvLength: 100_000 }))).not.toHaveProperty("argvMissing");
    expect(decode(sampleExec({ argvLength: 100_000, argvError: -14 }))).toMatchObject({
      ...cut,
      argvMissing: "EFAULT",
    });
    expect(decode(sampleExec({ argv: "", argvLength: 6, trimmed: 1 }))).toMatchObject({
      argvTruncated: true,
      argvLength: 6,
      argvMissing: "ENOBUFS",
    });
  });

  test.each([
    ["", 0, "/"],
    ["a\xff\0", 0, "/a\udcff"],
    ["b\0a\0", 4, "/a/b (deleted)"],
    ["memfd:x\0", 1, "/memfd:x (deleted)"],
    ["b\0", 2, { missing: "long" }],
    ["b\0", 7, { missing: "EFAULT" }],
  ])("reads the path %j that ended with %i", (exe, exeEnd, path) => {
    expect(decode(sampleExec({ exe, exeEnd }))).toMatchObject({ exe: path, cwd: "/tmp" });
  });

  test("a file name that could not be read is absent", () => {
    expect(decode(sampleExec({ file: "" }))).not.toHaveProperty("filename");
  });

  test.each([
    [7 << 8, { code: 7, coreDumped: false }],
    [9, { signal: 9, coreDumped: false }],
    [11 | 0x80, { signal: 11, coreDumped: true }],
    [255 << 8, { code: 255, coreDumped: false }],
  ])("reads the status %i of an exit", (status, expected) => {
    const event = decode(sampleExit(status, 1280, 1));
    const { timeNs, pid, tgid, startNs } = HEAD;
    const rest = {
      type: "exit",
      timeNs,
      pid,
      tgid,
      startNs,
      isLast: true,
      processStatus: 1280,
      parentTgid: 9,
    };
    expect(event).toEqual({ ...rest, ...expected });
  });

  test("only the last thread's exit has the process's status", () => {
    expect(decode(sampleExit(0, 1280, 0))).not.toHaveProperty("processStatus");
  });

  test("a record of another kind, and any cut off, is none of ours", () => {
    const other = sampleFork();
    other[0] = 9;
    expect(decode(other)).toBeUndefined();
    for (const record of [sampleFork(), sampleExec(), sampleExit(0, 0, 1)]) {
      for (let size = 0; size < record.byteLength; size++) {
        expect(decode(record.subarray(0, size))).toBeUndefined();
      }
    }
  });

  test("throws at nothing", () => {
    const changes = fc.array(fc.tuple(fc.nat(125), fc.nat(255)), { maxLength: 6 });
    fc.assert(
      fc.property(changes, fc.uint8Array({ maxLength: 160 }), (bytes, noise) => {
        const record = sampleExec();
        for (const [at, value] of bytes) record[at] = value;
        decode(record);
        decode(noise);
      }),
      { numRuns: 3000 },
    );
  });
});

test("lostBefore() reads the count that each record carries", () => {
  const record = sampleFork(4_000_000_000);
  expect(lostBefore(new DataView(record.buffer), 0)).toBe(4_000_000_000);
});
