import * as fc from "fast-check";
import { expect, test } from "vitest";
import { memorySource } from "./byte-source.ts";
import { elfBytes } from "./elf-bytes.fixture.ts";
import { buildId, debugFilePaths } from "./elf-debug-file.ts";
import { addressOfOffset, readElf } from "./elf-header.ts";
import { readFunctions, SHT_DYNSYM, SHT_SYMTAB } from "./elf-symbols.ts";

const whole = elfBytes({
  is64: true,
  littleEndian: true,
  symbols: [
    { name: "one", address: 0x1000n, size: 0x20n },
    { name: "two", address: 0x1010n, size: 0n },
    { name: "three", address: 0x1030n, size: 0x8n },
  ],
});

/** Does all that is done with a file, which may end in a RangeError and in nothing else. */
function readAll(bytes: Uint8Array): void {
  try {
    const file = readElf(memorySource(bytes));
    buildId(file);
    debugFilePaths("/usr/bin/true", file);
    for (const type of [SHT_SYMTAB, SHT_DYNSYM]) {
      const table = readFunctions(file, type);
      for (let offset = 0xff0n; offset < 0x1050n; offset++) {
        const address = addressOfOffset(file.segments, offset);
        if (address !== undefined) table?.find(address);
      }
    }
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError);
  }
}

test("an ELF file cut off anywhere is read or refused", () => {
  for (let length = 0; length < 200; length++) readAll(whole.subarray(0, length));
  for (let length = 0x2000; length < whole.length; length++) readAll(whole.subarray(0, length));
});

test("an ELF file that lies in any of its fields is read or refused", () => {
  const position = fc.oneof(
    fc.integer({ min: 0, max: 120 }),
    fc.integer({ min: 0x2000, max: whole.length - 1 }),
  );
  const lie = fc.tuple(position, fc.constantFrom(0, 1, 2, 3, 0x10, 0x7f, 0x80, 0xfe, 0xff));
  fc.assert(
    fc.property(fc.array(lie, { minLength: 1, maxLength: 12 }), (lies) => {
      const bytes = Uint8Array.from(whole);
      for (const [at, value] of lies) bytes[at] = value;
      readAll(bytes);
    }),
    { numRuns: 2000 },
  );
});

test("bytes of any kind behind the magic number are read or refused", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      readAll(Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, ...bytes]));
    }),
  );
});
