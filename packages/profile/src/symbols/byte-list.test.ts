import * as fc from "fast-check";
import { expect, test } from "vitest";
import { ByteList } from "./byte-list.ts";

test("ByteList gives back what was put in, however long", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 50 }), (strings) => {
      const list = new ByteList();
      for (const bytes of strings) list.push(bytes);
      expect(list.length).toBe(strings.length);
      for (const [i, bytes] of strings.entries()) expect([...list.at(i)]).toEqual([...bytes]);
      expect(list.at(strings.length)).toHaveLength(0);
    }),
  );
});
