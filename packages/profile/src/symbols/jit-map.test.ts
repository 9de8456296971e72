import * as fc from "fast-check";
import { expect, test } from "vitest";
import { JitMap } from "./jit-map.ts";

function mapOf(text: string): JitMap {
  const map = new JitMap();
  map.append(Buffer.from(text, "latin1"));
  return map;
}

test("JitMap.find() gives the name of the last line that covers the address", () => {
  const map = mapOf("1000 100 first\n1040 20 second, with spaces\n1050 8 third\n");
  expect(map.find(0xfffn)).toBeUndefined();
  expect(map.find(0x1000n)).toBe("first");
  expect(map.find(0x1040n)).toBe("second, with spaces");
  expect(map.find(0x1050n)).toBe("third");
  expect(map.find(0x1058n)).toBe("second, with spaces");
  expect(map.find(0x1060n)).toBe("first");
  expect(map.find(0x1100n)).toBeUndefined();
});

test("JitMap.append() goes on in the middle of a line", () => {
  const map = mapOf("1000 10 fi");
  expect(map.find(0x1000n)).toBeUndefined();
  map.append(Buffer.from("rst\n1000 8 moved\n20"));
  expect(map.find(0x1000n)).toBe("moved");
  expect(map.find(0x1008n)).toBe("first");
  map.append(Buffer.from("00 1 other\n"));
  expect(map.find(0x2000n)).toBe("other");
  expect(map.malformed).toBe(0);
});

test("JitMap leaves out the end of a line whose beginning was not read", () => {
  const map = new JitMap(true);
  map.append(Buffer.from("000 10 half\n1000 10 whole\n"));
  expect([map.size, map.malformed, map.find(0x1000n)]).toEqual([1, 0, "whole"]);
});

test.each([
  ["without a name", "1000 10\n1000 10 \n"],
  ["of no size", "1000 0 name\n1000 0x0 name\n"],
  ["with numbers that are none", "xyz 10 name\n-1000 10 name\n"],
  ["with numbers too large", "fffffffffffffff0 10 name\n1000 ffffffffffffffff name\n"],
  ["of nothing", "\n \n"],
])("JitMap counts lines %s as malformed", (_, text) => {
  const map = mapOf(text);
  expect([map.size, map.malformed]).toEqual([0, 2]);
});

test("JitMap counts a line of a megabyte once, and goes on behind it", () => {
  const map = new JitMap();
  for (let i = 0; i < 16; i++) map.append(new Uint8Array(1 << 16).fill(0x61));
  map.append(Buffer.from("\n1000 10 name\n"));
  expect([map.size, map.malformed, map.find(0x1000n)]).toEqual([1, 1, "name"]);
});

test("JitMap keeps the bytes of a name that is not UTF-8", () => {
  expect(mapOf("1000 10 a\xffb\x1b[2J\n").find(0x1000n)).toBe("a\udcffb\x1b[2J");
});

test("JitMap.find() agrees with a look at every line, for ranges of all kinds", () => {
  const line = fc.record({ start: fc.nat(60), size: fc.integer({ min: 1, max: 30 }) });
  fc.assert(
    fc.property(fc.array(line, { maxLength: 40 }), fc.nat(40), (lines, cut) => {
      const text = lines
        .map(({ start, size }, i) => `${start.toString(16)} ${size.toString(16)} line${i}\n`)
        .join("");
      const map = mapOf(text.slice(0, cut * 5));
      // Asked in between, so that what was put in order then has to be put in order again.
      map.find(30n);
      map.append(Buffer.from(text.slice(cut * 5)));
      for (let address = 0; address < 100; address++) {
        const last = lines.findLastIndex(
          ({ start, size }) => address >= start && address < start + size,
        );
        expect(map.find(BigInt(address))).toBe(last < 0 ? undefined : `line${last}`);
      }
    }),
  );
});

test("JitMap reads bytes of any kind", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 60 })), (chunks) => {
      const map = new JitMap();
      for (const chunk of chunks) map.append(chunk);
      map.find(16n);
      const lines = Buffer.concat(chunks).filter((byte) => byte === 10).length;
      expect(map.size + map.malformed).toBe(lines);
    }),
  );
});
