import { encodeText } from "@task-watchers/linux";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { splitArguments } from "./split-arguments.ts";

test("splitArguments() keeps empty arguments, and bytes that are no text", () => {
  expect(splitArguments(Buffer.from("a\0\0b c\0"))).toEqual(["a", "", "b c"]);
  expect(splitArguments(Uint8Array.of(0xff, 0))).toEqual(["\udcff"]);
  expect(splitArguments(new Uint8Array(0))).toEqual([]);
});

test("splitArguments() gives the last one as far as it was kept", () => {
  expect(splitArguments(Buffer.from("a\0bc"))).toEqual(["a", "bc"]);
});

test("splitArguments() loses nothing", () => {
  const argument = fc.uint8Array({ min: 1, max: 255, maxLength: 20 });
  fc.assert(
    fc.property(fc.array(argument), (list) => {
      const bytes = Buffer.concat(list.flatMap((one) => [one, Uint8Array.of(0)]));
      const back = splitArguments(bytes).map((text) => [...encodeText(text)]);
      expect(back).toEqual(list.map((one) => [...one]));
    }),
  );
});
