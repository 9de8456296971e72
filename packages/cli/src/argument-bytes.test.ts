import { expect, test } from "vitest";
import { requireText, trueArguments } from "./argument-bytes.ts";

test("requireText() names the first word that is no text, escaped", () => {
  requireText(["a", "é", "\ufffd"]);
  expect(() => requireText(["a", "caf\udce9", "\udcff"])).toThrow(
    String.raw`the argument $'caf\xe9' is not UTF-8`,
  );
});

test("trueArguments() leaves what is not this program's own as it is", () => {
  expect(trueArguments(["caf\ufffd", "b"])).toEqual(["caf\ufffd", "b"]);
});
