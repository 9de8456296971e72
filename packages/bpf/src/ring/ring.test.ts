import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Ring } from "./ring.ts";
import { SampleRing } from "./ring.fixture.ts";

/** Reads up to `limit` records, each as the numbers of its bytes. */
function readAll(ring: Ring, limit = 1000): number[][] {
  const found: number[][] = [];
  ring.read((view, at, size) => {
    found.push([...new Uint8Array(view.buffer, view.byteOffset + at, size)]);
  }, limit);
  return found;
}

test("records come in order, with their own length, and their room is given back", () => {
  const sample = new SampleRing();
  const ring = new Ring(sample.memory);
  expect(ring.empty).toBe(true);
  sample.write(Uint8Array.of(1, 2, 3));
  sample.write(Uint8Array.of(4));
  expect(ring.empty).toBe(false);
  expect(readAll(ring)).toEqual([[1, 2, 3], [4]]);
  expect(sample.consumed).toBe(32);
  expect(ring.empty).toBe(true);
});

test("a record that is being written holds up those behind it", () => {
  const sample = new SampleRing();
  const ring = new Ring(sample.memory);
  sample.write(Uint8Array.of(1));
  const busy = sample.write(Uint8Array.of(2), "busy") ?? 0;
  sample.write(Uint8Array.of(3));
  expect(readAll(ring)).toEqual([[1]]);
  expect(ring.empty).toBe(false);
  sample.commit(busy, 1);
  expect(readAll(ring)).toEqual([[2], [3]]);
});

test("a record that was given up is passed over", () => {
  const sample = new SampleRing();
  const ring = new Ring(sample.memory);
  sample.write(Uint8Array.of(1), "discarded");
  sample.write(Uint8Array.of(2));
  expect(readAll(ring)).toEqual([[2]]);
  expect(sample.consumed).toBe(sample.produced);
});

test("no more than the limit is told; the rest stays", () => {
  const sample = new SampleRing();
  const ring = new Ring(sample.memory);
  for (let i = 0; i < 5; i++) sample.write(Uint8Array.of(i));
  expect(readAll(ring, 2)).toEqual([[0], [1]]);
  expect(sample.consumed).toBe(32);
  expect(readAll(ring)).toEqual([[2], [3], [4]]);
});

test("a sink that throws loses no record but tells none twice", () => {
  const sample = new SampleRing();
  const ring = new Ring(sample.memory);
  for (let i = 0; i < 3; i++) sample.write(Uint8Array.of(i));
  const thrown = new Error("from the sink");
  expect(() =>
    ring.read(() => {
      throw thrown;
    }, 10),
  ).toThrow(thrown);
  expect(readAll(ring)).toEqual([[1], [2]]);
});

test("positions beyond 2^32 are read", () => {
  const start = 2 ** 32 - 16;
  const sample = new SampleRing(4096, start);
  const ring = new Ring(sample.memory);
  for (let i = 0; i < 4; i++) sample.write(Uint8Array.of(i));
  expect(readAll(ring)).toEqual([[0], [1], [2], [3]]);
  expect(sample.consumed).toBe(2 ** 32 + 48);
});

test("a record that straddles the end comes whole, wherever it is cut", () => {
  const record = Uint8Array.from({ length: 40 }, (_, i) => i);
  // 48 bytes with its head, which never straddles.
  for (let left = 0; left <= 64; left += 8) {
    const sample = new SampleRing(4096, 3 * 4096 - left);
    const ring = new Ring(sample.memory);
    sample.write(record);
    sample.write(Uint8Array.of(1));
    expect(readAll(ring), `${left} bytes before the end`).toEqual([[...record], [1]]);
    expect(sample.consumed).toBe(sample.produced);
  }
});

test("after stop() nothing is read or written, not even in a read under way", () => {
  const sample = new SampleRing();
  const ring = new Ring(sample.memory);
  for (let i = 0; i < 3; i++) sample.write(Uint8Array.of(i));
  let told = 0;
  ring.read(() => {
    told++;
    ring.stop();
  }, 10);
  expect(told).toBe(1);
  expect(sample.consumed).toBe(0);
  expect(readAll(ring)).toEqual([]);
  expect(ring.empty).toBe(true);
});

test("a length that makes no sense skips what is there, once", () => {
  const sample = new SampleRing();
  const ring = new Ring(sample.memory);
  const at = sample.write(Uint8Array.of(1)) ?? 0;
  sample.commit(at, 0x3fff_ffff);
  expect(readAll(ring)).toEqual([]);
  expect(ring.resyncs).toBe(1);
  sample.write(Uint8Array.of(2));
  expect(readAll(ring)).toEqual([[2]]);
});

test("whatever is written and read in whatever order, all of it comes once", () => {
  const steps = fc.array(fc.tuple(fc.nat(900), fc.integer({ min: 0, max: 8 })), { maxLength: 200 });
  fc.assert(
    fc.property(steps, (rounds) => {
      const sample = new SampleRing();
      const ring = new Ring(sample.memory);
      const written: number[][] = [];
      const read: number[][] = [];
      rounds.forEach(([size, limit], i) => {
        const record = new Uint8Array(size).fill(i & 0xff);
        if (sample.write(record) !== undefined) written.push([...record]);
        read.push(...readAll(ring, limit));
      });
      read.push(...readAll(ring));
      expect(read).toEqual(written);
    }),
    { numRuns: 200 },
  );
});
