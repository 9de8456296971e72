import { expect, test } from "vitest";
import { memorySource } from "./byte-source.ts";
import { elfBytes, type SymbolToWrite } from "./elf-bytes.fixture.ts";
import { addressOfOffset, readElf } from "./elf-header.ts";
import { readFunctions, SHT_DYNSYM, SHT_SYMTAB } from "./elf-symbols.ts";

const shapes = [
  { is64: true, littleEndian: true },
  { is64: true, littleEndian: false },
  { is64: false, littleEndian: true },
  { is64: false, littleEndian: false },
];

function find(
  symbols: readonly SymbolToWrite[],
  address: bigint,
  machine = 62,
): string | undefined {
  const file = readElf(
    memorySource(elfBytes({ is64: true, littleEndian: true, machine, symbols })),
  );
  return readFunctions(file, SHT_SYMTAB)?.find(address);
}

test.each(shapes)("readFunctions() finds functions in a file that is %o", (shape) => {
  const symbols = [
    { name: "first", address: 0x401100n, size: 0x10n },
    { name: "second", address: 0x401200n, size: 0x20n },
  ];
  const file = readElf(memorySource(elfBytes({ ...shape, base: 0x400000n, symbols })));
  expect(addressOfOffset(file.segments, 0x1205n)).toBe(0x401205n);
  expect(addressOfOffset(file.segments, 0x2000n)).toBeUndefined();
  const table = readFunctions(file, SHT_SYMTAB);
  expect(table?.size).toBe(2);
  expect(table?.find(0x4010ffn)).toBeUndefined();
  expect(table?.find(0x401100n)).toBe("first");
  expect(table?.find(0x40110fn)).toBe("first");
  expect(table?.find(0x401110n)).toBeUndefined();
  expect(table?.find(0x40121fn)).toBe("second");
  expect(readFunctions(file, SHT_DYNSYM)).toBeUndefined();
});

test("readFunctions() lets a function without a size reach to the next, or to the end of its section", () => {
  const symbols = [
    { name: "start", address: 0x1000n, size: 0n, type: 0 },
    { name: "next", address: 0x1800n, size: 0n },
  ];
  expect(find(symbols, 0x17ffn)).toBe("start");
  expect(find(symbols, 0x1fffn)).toBe("next");
  expect(find(symbols, 0x2000n)).toBeUndefined();
});

test("readFunctions() takes a label within a function as part of it", () => {
  const symbols = [
    { name: "outer", address: 0x1000n, size: 0x100n },
    { name: "label", address: 0x1080n, size: 0n, type: 0 },
  ];
  expect(find(symbols, 0x1090n)).toBe("outer");
});

test("readFunctions() finds the innermost of nested functions, and the outer one behind it", () => {
  const symbols = [
    { name: "outer", address: 0x1000n, size: 0x100n },
    { name: "inner", address: 0x1010n, size: 0x10n },
    { name: "innermost", address: 0x1012n, size: 2n },
  ];
  expect(find(symbols, 0x1013n)).toBe("innermost");
  expect(find(symbols, 0x1014n)).toBe("inner");
  expect(find(symbols, 0x1050n)).toBe("outer");
});

test.each([
  [
    "a function over a label",
    [
      ["label", 0],
      ["function", 2],
    ],
    "function",
  ],
  [
    "few underscores",
    [
      ["__libc_malloc", 2],
      ["malloc", 2],
    ],
    "malloc",
  ],
] as const)("readFunctions() prefers %s among names of one address", (_, names, best) => {
  const symbols = names.map(([name, type]) => ({ name, type, address: 0x1000n, size: 16n }));
  expect(find(symbols, 0x1004n)).toBe(best);
  expect(find(symbols.toReversed(), 0x1004n)).toBe(best);
});

test("readFunctions() prefers what has a size, then what is exported", () => {
  const at = { address: 0x1000n };
  const unsized = { ...at, name: "unsized", size: 0n };
  const local = { ...at, name: "local", size: 8n, binding: 0 };
  const global = { ...at, name: "global", size: 8n };
  expect(find([unsized, local], 0x1000n)).toBe("local");
  expect(find([local, global], 0x1000n)).toBe("global");
});

test("readFunctions() leaves out objects, undefined and absolute symbols, and marks of the assembler", () => {
  const at = { address: 0x1000n, size: 16n };
  const symbols = [
    { ...at, name: "object", type: 1 },
    { ...at, name: "undefined", section: 0 },
    { ...at, name: "absolute", section: 0xfff1 },
    { ...at, name: "$x", type: 0 },
    { ...at, name: ".Ltmp0", type: 0 },
    { ...at, name: "elsewhere", type: 0, section: 3 },
  ];
  for (const symbol of symbols) expect(find([symbol], 0x1004n), symbol.name).toBeUndefined();
});

test("readFunctions() strips a symbol's version, and clears the mark of Thumb code", () => {
  const versioned = [{ name: "write@@GLIBC_2.2.5", address: 0x1000n, size: 16n }];
  expect(find(versioned, 0x1000n)).toBe("write");
  const thumb = [{ name: "thumb", address: 0x1001n, size: 16n }];
  expect(find(thumb, 0x1000n, 40)).toBe("thumb");
  expect(find(thumb, 0x1000n)).toBeUndefined();
});

test("readElf() refuses what is no ELF file, and what is cut off", () => {
  expect(() => readElf(memorySource(new Uint8Array(8)))).toThrow(
    "16 bytes at 0: beyond the end, 8",
  );
  expect(() => readElf(memorySource(new Uint8Array(64)))).toThrow("no magic number");
  const bytes = elfBytes({ is64: true, littleEndian: true, symbols: [] });
  expect(() => readElf(memorySource(bytes.subarray(0, -1)))).toThrow("beyond the end");
  expect(() => readElf(memorySource(bytes.with(4, 3)))).toThrow("ELF class is 3, not 1 or 2");
  expect(() => readElf(memorySource(bytes.with(5, 0)))).toThrow("ELF byte order is 0, not 1 or 2");
});
