import * as fc from "fast-check";
import { expect, test } from "vitest";
import { orderByAddress } from "./address-order.ts";

test("orderByAddress() gives the order that sorting with a function gives", () => {
  // Close together, and as far from each other as may be.
  const close = fc.integer({ min: 0x40_0000, max: 0x40_0040 });
  const far = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
  fc.assert(
    fc.property(fc.array(close), fc.array(far, { maxLength: 5 }), (some, others) => {
      const addresses = Float64Array.from([...some, ...others]);
      const indices = [...addresses.keys()];
      const sorted = indices.toSorted((a, b) => (addresses[a] ?? 0) - (addresses[b] ?? 0) || a - b);
      expect([...orderByAddress(addresses)]).toEqual(sorted);
    }),
  );
});
