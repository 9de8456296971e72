import { expect, test } from "vitest";
import { rawEvent } from "./raw-event.ts";

const base = { timeNs: 9n, pid: 6, tgid: 5 };

/** An event of the thread 6 of the process 5. */
function raw(what: number, ...words: number[]) {
  const [first = 0, second = 0, third = 0, fourth = 0] = words;
  return rawEvent(what, 6, 5, first, second, 9n, third, fourth);
}

/** The words in which sixteen bytes arrive, whatever the byte order. */
function words(text: string): number[] {
  const bytes = new Uint8Array(16);
  bytes.set(Buffer.from(text, "latin1"));
  return [...new Uint32Array(bytes.buffer)];
}

test("rawEvent() names the kernel's own fields of each kind", () => {
  expect(raw(0x00000001, 3, 2)).toEqual({ type: "fork", ...base, parentPid: 3, parentTgid: 2 });
  expect(raw(0x00000002)).toEqual({ type: "exec", ...base });
  expect(raw(0x00000004, 1000, 0)).toEqual({ type: "uid", ...base, ruid: 1000, euid: 0 });
  expect(raw(0x00000040, 1000, 0)).toEqual({ type: "gid", ...base, rgid: 1000, egid: 0 });
  expect(raw(0x00000080)).toEqual({ type: "sid", ...base });
  expect(raw(0x00000100, 8, 7)).toEqual({ type: "ptrace", ...base, tracerPid: 8, tracerTgid: 7 });
  expect(raw(0x40000000, 3, 2)).toEqual({ type: "coredump", ...base, parentPid: 3, parentTgid: 2 });
});

test("rawEvent() takes a wait status apart", () => {
  expect(raw(0x80000000, 7 << 8, 2)).toEqual({ type: "exit", ...base, code: 7, parentTgid: 2 });
  expect(raw(0x80000000, 9)).toEqual({ type: "exit", ...base, signal: 9 });
  expect(raw(0x80000000, 0x86)).toEqual({ type: "exit", ...base, signal: 6, coreDumped: true });
});

test("rawEvent() reads a name up to its zero byte, or all sixteen, and keeps every byte", () => {
  expect(raw(0x00000200, ...words("a\nb\x1b\xff\0zz"))).toMatchObject({ comm: "a\nb\x1b\udcff" });
  expect(raw(0x00000200, ...words("0123456789abcdef"))).toMatchObject({ comm: "0123456789abcdef" });
});

test("rawEvent() knows nothing of kinds to come", () => {
  expect(raw(0x00000400)).toBeUndefined();
});
