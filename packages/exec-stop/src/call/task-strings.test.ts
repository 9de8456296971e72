import { decodeText } from "@task-watchers/linux";
import { array, assert, constantFrom, nat, property, uint8Array } from "fast-check";
import { expect, test } from "vitest";
import { type Pages, readString, readStrings } from "./task-strings.ts";

const NO_LIMITS = { perString: 131_072, total: 2 ** 21 };

/** Memory that is what was written to it, and unreadable elsewhere. */
class FakePages implements Pages {
  readonly refusal: string | undefined;
  readonly #pages = new Map<number, Uint8Array>();
  readonly #asked = new Set<number>();

  constructor(refusal?: string) {
    this.refusal = refusal;
  }

  write(address: number, bytes: Uint8Array): void {
    bytes.forEach((byte, i) => {
      const number = Math.floor((address + i) / 4096);
      const page = this.#pages.get(number) ?? new Uint8Array(4096).fill(0x55);
      page[(address + i) % 4096] = byte;
      this.#pages.set(number, page);
    });
  }

  page(number: number): Uint8Array | undefined {
    this.#asked.add(number);
    return this.#pages.get(number);
  }

  has(number: number): boolean {
    return this.#asked.has(number);
  }

  fetch(numbers: Iterable<number>): void {
    for (const number of numbers) this.#asked.add(number);
  }
}

function pointers(addresses: readonly number[], size: 4 | 8): Uint8Array {
  const view = new DataView(new ArrayBuffer((addresses.length + 1) * size));
  addresses.forEach((address, i) => {
    view.setUint32(i * size, address % 2 ** 32, true);
    if (size === 8) view.setUint32(i * size + 4, Math.floor(address / 2 ** 32), true);
  });
  return new Uint8Array(view.buffer);
}

const word = uint8Array({ maxLength: 9000 }).map((bytes) => bytes.map((byte) => byte || 1));

test("readStrings() reads any strings from anywhere, by pointers of either size", () => {
  assert(
    property(
      array(word, { maxLength: 8 }),
      nat(4095),
      constantFrom(4 as const, 8 as const),
      (words, offset, size) => {
        const pages = new FakePages();
        const base = size === 8 ? 0x7fff_0000_0000 : 0x1000_0000;
        let at = base + 0x10_0000 + offset;
        const addresses = words.map((bytes) => {
          const address = at;
          pages.write(address, Uint8Array.of(...bytes, 0));
          at += bytes.length + 1 + (bytes.length % 3) * 4096;
          return address;
        });
        pages.write(base + offset, pointers(addresses, size));
        expect(readStrings(pages, base + offset, size, NO_LIMITS)).toEqual({
          strings: words.map(decodeText),
          truncatedBytes: 0,
        });
      },
    ),
    { numRuns: 60 },
  );
});

test("readStrings() takes no array for an empty one, as exec does", () => {
  expect(readStrings(new FakePages(), 0, 8, NO_LIMITS)).toEqual({ strings: [], truncatedBytes: 0 });
});

test("readStrings() counts what it cuts off one string, and off all together", () => {
  const pages = new FakePages();
  pages.write(0x1000, pointers([0x2000, 0x2010, 0x2020], 8));
  pages.write(0x2000, Buffer.from("abcdef\0"));
  pages.write(0x2010, Buffer.from("ghij\0"));
  pages.write(0x2020, Buffer.from("kl\0"));
  expect(readStrings(pages, 0x1000, 8, { perString: 4, total: 9 })).toEqual({
    strings: ["abcd", "ghij", "k"],
    truncatedBytes: 3,
  });
});

test("readStrings() says EFAULT for what cannot be read, or why nothing can", () => {
  const pages = new FakePages();
  pages.write(0x1000, pointers([0x9000], 8));
  expect(readStrings(pages, 0x1000, 8, NO_LIMITS)).toEqual({ missing: "EFAULT" });
  expect(readStrings(pages, 0x5000, 8, NO_LIMITS)).toEqual({ missing: "EFAULT" });
  expect(readStrings(new FakePages("EPERM"), 0x1000, 8, NO_LIMITS)).toEqual({ missing: "EPERM" });
});

test("readStrings() gives up where exec would, however far a hostile array goes", () => {
  const pages = new FakePages();
  // One string of 64 KiB, a hundred times: more than 6 MiB.
  pages.write(0x10_0000, new Uint8Array(65_536).fill(0x61));
  pages.write(0x11_0000, Uint8Array.of(0));
  pages.write(0x1000, pointers(Array<number>(100).fill(0x10_0000), 8));
  expect(readStrings(pages, 0x1000, 8, NO_LIMITS)).toEqual({ missing: "E2BIG" });
});

test("readString() takes 131,071 bytes and refuses one more, as exec does", () => {
  const pages = new FakePages();
  pages.write(0x10_0001, new Uint8Array(131_071).fill(0x61));
  pages.write(0x10_0001 + 131_071, Uint8Array.of(0));
  expect(readString(pages, 0x10_0001)).toHaveLength(131_071);
  expect(readString(pages, 0x10_0001 - 0)).not.toHaveProperty("missing");
  pages.write(0x10_0000, Uint8Array.of(0x61));
  expect(readString(pages, 0x10_0000)).toEqual({ missing: "E2BIG" });
});
