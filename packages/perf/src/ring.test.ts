import * as fc from "fast-check";
import { expect, test } from "vitest";
import { FakeRing } from "./fake-ring.fixture.ts";
import { rawLost, rawRecord, rawSample } from "./record-bytes.fixture.ts";
import { type RawRecordSink, Ring } from "./ring.ts";

/** Everything in the ring, each record as its bytes. */
function read(ring: Ring): number[][] {
  const records: number[][] = [];
  const sink: RawRecordSink = (view, at, size) => {
    records.push([...new Uint8Array(view.buffer, view.byteOffset + at, size)]);
  };
  ring.read(sink);
  return records;
}

test("Ring tells each record once, in order, and gives its room back", () => {
  const fake = new FakeRing(4096);
  const ring = new Ring(fake.buffer);
  expect(read(ring)).toEqual([]);
  const [one, two] = [rawLost(3, 100n), rawSample(7, 200n, 0x1000n)];
  fake.write(one);
  fake.write(two);
  expect(ring.used).toBe(one.length + two.length);
  expect(read(ring)).toEqual([one, two]);
  expect(read(ring)).toEqual([]);
  expect(fake.tail).toBe(fake.head);
});

test("Ring puts a record together that goes over its end", () => {
  // The size stands before the end, what was lost behind it.
  const record = rawLost(106_105, 100n);
  for (let before = 8; before < record.length; before += 8) {
    const fake = new FakeRing(4096, 4096n - BigInt(before));
    const ring = new Ring(fake.buffer);
    fake.write(record);
    expect(read(ring)).toEqual([record]);
    expect(fake.tail).toBe(fake.head);
  }
});

test("Ring goes on where 64 bits end", () => {
  const fake = new FakeRing(4096, 0xffff_ffff_ffff_fff8n);
  const ring = new Ring(fake.buffer);
  const records = [rawLost(1, 1n), rawLost(2, 2n)];
  for (const record of records) fake.write(record);
  expect(fake.head).toBeLessThan(4096n);
  expect(read(ring)).toEqual(records);
  expect(ring.resyncs).toBe(0);
});

for (const [what, size] of [
  ["no size", 0],
  ["an odd size", 12],
  ["a size beyond what was written", 4000],
] as const) {
  test(`Ring skips what follows a record of ${what}, counts it, and goes on`, () => {
    const fake = new FakeRing(4096);
    const ring = new Ring(fake.buffer);
    const bad = rawLost(1, 1n);
    bad.splice(6, 2, size & 0xff, size >> 8);
    fake.write(rawLost(7, 1n));
    fake.write(bad);
    expect(read(ring)).toEqual([rawLost(7, 1n)]);
    expect(ring).toMatchObject({ resyncs: 1, skippedBytes: bad.length });
    fake.write(rawLost(8, 2n));
    expect(read(ring)).toEqual([rawLost(8, 2n)]);
  });
}

test("Ring gives the room back although whoever is told throws", () => {
  const fake = new FakeRing(4096);
  const ring = new Ring(fake.buffer);
  fake.write(rawLost(1, 1n));
  const fail = (): void => {
    throw new Error("told");
  };
  expect(() => ring.read(fail)).toThrow("told");
  expect(fake.tail).toBe(fake.head);
});

test("Ring tells all that found room, whatever was written and whenever it was read", () => {
  const record = fc.integer({ min: 0, max: 60 }).map((words) =>
    rawRecord(
      999,
      0,
      Array.from({ length: words * 8 }, (_, i) => i % 251),
    ),
  );
  const step = fc.oneof({ weight: 4, arbitrary: record }, fc.constant("read" as const));
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 60 }),
      fc.bigInt(0n, 0xffff_ffff_ffff_ffffn),
      (steps, at) => {
        const fake = new FakeRing(1024, (at / 8n) * 8n);
        const ring = new Ring(fake.buffer);
        const [written, told]: number[][][] = [[], []];
        for (const one of steps) {
          if (one === "read") told?.push(...read(ring));
          else if (fake.write(one)) written?.push(one);
        }
        told?.push(...read(ring));
        expect(told).toEqual(written);
        expect(ring.resyncs).toBe(0);
      },
    ),
  );
});

test("Ring ends with any bytes at all", () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ minLength: 8, maxLength: 256 }), { maxLength: 8 }),
      (chunks) => {
        const fake = new FakeRing(512);
        const ring = new Ring(fake.buffer);
        for (const chunk of chunks) {
          fake.write([...chunk.subarray(0, chunk.length & ~7)]);
          let told = 0;
          ring.read((_view, _at, size) => void (told += size));
          expect(told).toBeLessThanOrEqual(512);
          expect(fake.tail).toBe(fake.head);
        }
      },
    ),
  );
});
