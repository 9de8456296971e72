import { expect, test } from "vitest";
import { styleFor } from "./style.ts";

const RED = "\u001b[31mx\u001b[39m";
const TERMINAL = { isTTY: true };

test("styleFor() colours a terminal, and nothing else", () => {
  expect(styleFor(TERMINAL, { TERM: "xterm" }).red("x")).toBe(RED);
  expect(styleFor({ isTTY: false }, { TERM: "xterm" }).red("x")).toBe("x");
  expect(styleFor({}, {}).red("x")).toBe("x");
});

test("styleFor() leaves a dumb terminal plain", () => {
  expect(styleFor(TERMINAL, { TERM: "dumb" }).red("x")).toBe("x");
});

test("styleFor() follows FORCE_COLOR wherever it writes", () => {
  expect(styleFor({}, { FORCE_COLOR: "1", TERM: "dumb" }).red("x")).toBe(RED);
  expect(styleFor(TERMINAL, { FORCE_COLOR: "0" }).red("x")).toBe("x");
});

test("styleFor() follows NO_COLOR before all else, unless it is empty", () => {
  expect(styleFor(TERMINAL, { NO_COLOR: "1", FORCE_COLOR: "1" }).red("x")).toBe("x");
  expect(styleFor(TERMINAL, { NO_COLOR: "" }).red("x")).toBe(RED);
});
