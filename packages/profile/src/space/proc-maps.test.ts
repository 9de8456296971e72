import * as fc from "fast-check";
import { expect, test } from "vitest";
import { parseProcMaps } from "./proc-maps.ts";

function parse(text: string): ReturnType<typeof parseProcMaps> {
  return parseProcMaps(Buffer.from(text, "latin1"));
}

test("parseProcMaps() reads what is executable, names with spaces and newlines too", () => {
  // The first, second and last line are from /proc/self/maps on Linux 6.18.
  const text = [
    "55d0c8a00000-55d0c8a04000 r--p 00000000 fe:00 260180                     /usr/bin/dash",
    "55d0c8a04000-55d0c8a17000 r-xp 00004000 fe:00 260180                     /usr/bin/dash",
    "7f1000000000-7f1000001000 rwxp 00000000 00:00 0 ",
    "7f2000000000-7f2000001000 r-xs 00001000 08:11 12 /a b\\012c (deleted)",
    "7ffd1a5f2000-7ffd1a5f4000 r-xp 00000000 00:00 0                          [vdso]",
    "",
  ].join("\n");
  expect(parse(text)).toMatchObject([
    { start: 0x55d0c8a04000n, end: 0x55d0c8a17000n, offset: 0x4000n, major: 254, inode: 260180n },
    { path: "", kind: "anonymous" },
    { path: "/a b\nc (deleted)", kind: "file", major: 8, minor: 0x11 },
    { path: "[vdso]", kind: "vdso" },
  ]);
});

test("parseProcMaps() leaves out what is no line of it", () => {
  expect(parse("x\n1-2 r-xp 0 0:0\n1-2 r-xp 0 0:0 zz /x\n")).toEqual([]);
  fc.assert(fc.property(fc.uint8Array(), (data) => void parseProcMaps(data)));
});
