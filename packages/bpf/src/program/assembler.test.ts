import { expect, test } from "vitest";
import { Assembler } from "./assembler.ts";

/** The bytes of what a body puts together, an array an instruction. */
function assembled(body: (a: Assembler) => void): number[][] {
  const a = new Assembler();
  body(a);
  const bytes = a.assemble();
  return Array.from({ length: bytes.length / 8 }, (_, i) => [...bytes.subarray(i * 8, i * 8 + 8)]);
}

// Expected bytes by hand from the instruction set's tables, and read back with llvm-mc 14.

test("mov and alu take a register or a constant", () => {
  expect(
    assembled((a) => {
      a.mov(0, 0);
      a.mov(7, { register: 1 });
      a.alu("add", 2, -4);
      a.alu("sub", 6, { register: 7 });
      a.alu("rsh", 0, 32);
      a.alu("and", 1, 1);
    }),
  ).toEqual([
    [0xb7, 0x00, 0, 0, 0, 0, 0, 0], // r0 = 0
    [0xbf, 0x17, 0, 0, 0, 0, 0, 0], // r7 = r1
    [0x07, 0x02, 0, 0, 0xfc, 0xff, 0xff, 0xff], // r2 += -4
    [0x1f, 0x76, 0, 0, 0, 0, 0, 0], // r6 -= r7
    [0x77, 0x00, 0, 0, 32, 0, 0, 0], // r0 >>= 32
    [0x57, 0x01, 0, 0, 1, 0, 0, 0], // r1 &= 1
  ]);
});

test("load and store have a width and a signed offset", () => {
  expect(
    assembled((a) => {
      a.load(8, 3, { base: 6, offset: 16 });
      a.load(4, 1, { base: 7, offset: 1264 });
      a.load(2, 1, { base: 7, offset: 0 });
      a.load(1, 1, { base: 7, offset: 0 });
      a.store(8, { base: 10, offset: -48 }, { register: 0 });
      a.store(4, { base: 10, offset: -4 }, 3);
    }),
  ).toEqual([
    [0x79, 0x63, 16, 0, 0, 0, 0, 0], // r3 = *(u64 *)(r6 + 16)
    [0x61, 0x71, 0xf0, 0x04, 0, 0, 0, 0], // r1 = *(u32 *)(r7 + 1264)
    [0x69, 0x71, 0, 0, 0, 0, 0, 0], // r1 = *(u16 *)(r7 + 0)
    [0x71, 0x71, 0, 0, 0, 0, 0, 0], // r1 = *(u8 *)(r7 + 0)
    [0x7b, 0x0a, 0xd0, 0xff, 0, 0, 0, 0], // *(u64 *)(r10 - 48) = r0
    [0x62, 0x0a, 0xfc, 0xff, 3, 0, 0, 0], // *(u32 *)(r10 - 4) = 3
  ]);
});

test("calls, atomic additions, maps and their values", () => {
  expect(
    assembled((a) => {
      a.loadMap(1, 5);
      a.loadMapValue(2, 6, 8);
      a.atomicAdd({ base: 1, offset: 8 }, 2);
      a.call(130);
      a.exit();
    }),
  ).toEqual([
    [0x18, 0x11, 0, 0, 5, 0, 0, 0], // r1 = map of descriptor 5
    [0, 0, 0, 0, 0, 0, 0, 0],
    [0x18, 0x22, 0, 0, 6, 0, 0, 0], // r2 = value of map of descriptor 6, plus 8
    [0, 0, 0, 0, 8, 0, 0, 0],
    [0xdb, 0x21, 8, 0, 0, 0, 0, 0], // lock *(u64 *)(r1 + 8) += r2
    [0x85, 0x00, 0, 0, 130, 0, 0, 0], // call 130
    [0x95, 0x00, 0, 0, 0, 0, 0, 0], // exit
  ]);
});

test("jumps count from the next instruction, and a map's load is two", () => {
  expect(
    assembled((a) => {
      const back = a.label("back");
      const out = a.label("out");
      a.place(back);
      a.jumpIf(1, "==", 0, out);
      a.jumpIf(2, "s<=", { register: 3 }, back);
      a.loadMap(1, 5);
      a.jump(back);
      a.place(out);
      a.exit();
    }),
  ).toEqual([
    [0x15, 0x01, 4, 0, 0, 0, 0, 0], // if r1 == 0 goto +4
    [0xdd, 0x32, 0xfe, 0xff, 0, 0, 0, 0], // if r2 s<= r3 goto -2
    [0x18, 0x11, 0, 0, 5, 0, 0, 0],
    [0, 0, 0, 0, 0, 0, 0, 0],
    [0x05, 0x00, 0xfb, 0xff, 0, 0, 0, 0], // goto -5
    [0x95, 0x00, 0, 0, 0, 0, 0, 0],
  ]);
});

test("every comparison has its opcode", () => {
  const signs = ["==", ">", ">=", "&", "!=", "s>", "s>=", "<", "<=", "s<", "s<="] as const;
  const opcodes = assembled((a) => {
    const here = a.label("here");
    a.place(here);
    for (const sign of signs) a.jumpIf(1, sign, 0, here);
  }).map(([opcode]) => opcode);
  expect(opcodes).toEqual([0x15, 0x25, 0x35, 0x45, 0x55, 0x65, 0x75, 0xa5, 0xb5, 0xc5, 0xd5]);
});

test("what cannot be encoded is refused", () => {
  const a = new Assembler();
  expect(() => a.mov(0, 2 ** 31)).toThrow(new RangeError("2147483648 does not fit in 32 bits"));
  expect(() => a.mov(0, 0.5)).toThrow(RangeError);
  expect(() => a.load(8, 1, { base: 2, offset: 32_768 })).toThrow(RangeError);
  expect(() => a.mov(10, 0)).toThrow("r10 cannot be written");
});

test("a label has one place, and a jump has somewhere to go", () => {
  const a = new Assembler();
  const label = a.label("somewhere");
  a.jump(label);
  expect(() => a.assemble()).toThrow("label somewhere has no place");
  a.place(label);
  expect(() => a.place(label)).toThrow("label somewhere is placed twice");
});
