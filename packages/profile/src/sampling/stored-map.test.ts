import { parseRecord } from "@task-watchers/perf";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { MapStore } from "./stored-map.ts";

const FIELDS = ["type", "timeNs", "pid", "tid", "start", "end"] as const;
const OTHERS = ["offset", "major", "minor", "inode", "path"] as const;

/** A record of a mapping whose bytes are these, at some place of a view that is used again for the next. */
function record(bytes: Uint8Array, at: number): DataView {
  const memory = new Uint8Array(at + bytes.length);
  memory.set(bytes, at);
  const view = new DataView(memory.buffer);
  view.setUint32(at, 10, true);
  view.setUint16(at + 6, bytes.length, true);
  return view;
}

test("MapStore keeps what the record says, however many follow", () => {
  const bytes = fc.uint8Array({ minLength: 13, maxLength: 500 });
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 300 }), (all) => {
      const store = new MapStore();
      const kept = all.map((some, i) => {
        const padded = new Uint8Array(some.length * 8);
        padded.set(some);
        const view = record(padded, (i % 3) * 8);
        return [store.keep(view, (i % 3) * 8, padded.length), record(padded, 0), padded] as const;
      });
      for (const [map, view, { length }] of kept) {
        const parsed = parseRecord(view, 0, length);
        if (typeof parsed === "string" || parsed.type !== "map") throw new Error("no mapping");
        for (const field of [...FIELDS, ...OTHERS]) expect(map?.[field]).toBe(parsed[field]);
      }
    }),
  );
});

test("MapStore keeps nothing but whole records of mappings", () => {
  const view = record(new Uint8Array(104), 0);
  expect(new MapStore().keep(view, 0, 104)?.path).toBe("");
  expect(new MapStore().keep(view, 0, 96)).toBeUndefined();
  view.setUint32(0, 9, true);
  expect(new MapStore().keep(view, 0, 104)).toBeUndefined();
});
