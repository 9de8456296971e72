import * as fc from "fast-check";
import { expect, test } from "vitest";
import { AddressSpace } from "./address-space.ts";
import { type Mapping, mappingKind } from "./mapping.ts";

function mapping(start: number, end: number, path: string, offset = 0): Mapping {
  return {
    ...{ start: BigInt(start), end: BigInt(end), offset: BigInt(offset) },
    ...{ major: 254, minor: 0, inode: 1n, path, kind: mappingKind(path) },
  };
}

function filled(...mappings: Mapping[]): AddressSpace {
  const space = new AddressSpace();
  for (const one of mappings) space.add(one);
  return space;
}

/** Path and offset at an address. */
function at(space: AddressSpace, address: number): string {
  const place = space.place(BigInt(address));
  return place.kind === "file" ? `${place.mapping.path}+${place.offset}` : place.kind;
}

test("AddressSpace places addresses by what is mapped there", () => {
  const space = filled(
    mapping(0x5000, 0x6000, "/bin/sh", 0x1000),
    mapping(0x1000, 0x2000, "[vdso]"),
    mapping(0x8000, 0x9000, "//anon"),
    mapping(0xa000, 0xb000, "[uprobes]"),
  );
  expect(at(space, 0x5010)).toBe(`/bin/sh+${0x1010}`);
  expect(at(space, 0x5fff)).toBe(`/bin/sh+${0x1fff}`);
  expect(at(space, 0x6000)).toBe("unknown");
  expect(at(space, 0x4fff)).toBe("unknown");
  expect(space.place(0x1080n)).toEqual({ kind: "vdso", offset: 0x80n });
  expect(at(space, 0x8000)).toBe("anonymous");
  expect(at(space, 0xa000)).toBe("unknown");
  expect(space.place(0xffff_ffff_8100_0000n)).toEqual({ kind: "kernel" });
});

test("AddressSpace maps over what was there, and keeps what is left of it", () => {
  const space = filled(mapping(0x1000, 0x9000, "/old", 0x100), mapping(0x3000, 0x5000, "/new"));
  expect(at(space, 0x2fff)).toBe(`/old+${0x20ff}`);
  expect(at(space, 0x3000)).toBe("/new+0");
  expect(at(space, 0x5000)).toBe(`/old+${0x4100}`);
  expect(space.size).toBe(3);
});

test("AddressSpace gives a child a copy that goes its own way, as the parent does", () => {
  const parent = filled(mapping(0x1000, 0x2000, "/both"));
  const child = parent.copy();
  parent.add(mapping(0x3000, 0x4000, "/parent"));
  child.add(mapping(0x5000, 0x6000, "/child"));
  expect([at(parent, 0x1000), at(child, 0x1000)]).toEqual(["/both+0", "/both+0"]);
  expect([at(parent, 0x3000), at(child, 0x3000)]).toEqual(["/parent+0", "unknown"]);
  expect([at(parent, 0x5000), at(child, 0x5000)]).toEqual(["unknown", "/child+0"]);
});

test("AddressSpace says when there are too many mappings", () => {
  const space = new AddressSpace();
  let n = 0;
  while (space.add(mapping(n * 16, n * 16 + 8, "/x"))) n++;
  expect(n).toBe(16_384);
  expect(space.size).toBe(n);
});

test("AddressSpace is as if every byte had been written one by one", () => {
  const range = fc.tuple(fc.nat(40), fc.nat(12), fc.nat(100));
  fc.assert(
    fc.property(fc.array(range, { maxLength: 25 }), fc.nat(24), (ranges, forkAt) => {
      let space = new AddressSpace();
      const model = new Map<number, string>();
      for (const [n, [start, length, offset]] of ranges.entries()) {
        if (n === forkAt) space = space.copy();
        space.add(mapping(start, start + length, `/${n}`, offset));
        for (let i = 0; i < length; i++) model.set(start + i, `/${n}+${offset + i}`);
      }
      for (let address = 0; address < 60; address++) {
        expect(at(space, address)).toBe(model.get(address) ?? "unknown");
      }
    }),
  );
});

test("mappingKind() takes for code made at run time what no file holds", () => {
  for (const path of [
    "",
    "//anon",
    "[heap]",
    "[stack]",
    "[anon:v8]",
    "/memfd:doublemapper (deleted)",
    "/dev/zero (deleted)",
  ]) {
    expect(mappingKind(path), path).toBe("anonymous");
  }
  for (const path of ["/usr/bin/node", "/tmp/[heap]", "/dev/shm/x"]) {
    expect(mappingKind(path), path).toBe("file");
  }
  expect(mappingKind("[vdso]")).toBe("vdso");
  expect(mappingKind("[vsyscall]")).toBe("special");
});
