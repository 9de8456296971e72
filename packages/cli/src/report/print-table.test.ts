import { expect, test } from "vitest";
import { tableLines } from "./print-table.ts";
import { styleFor } from "./style.ts";

const PLAIN = styleFor({}, { NO_COLOR: "1" });

test("tableLines() sets columns under each other, cuts at the width and lets no control through", () => {
  const table = {
    title: "who\u001b[2J",
    columns: [
      { name: "share", align: "right" },
      { name: "command", align: "left" },
    ],
    rows: [["5 %", "a\nb"], ["100 %", `${"x".repeat(200)}`], ["7 %"]],
    notes: ["from \u009bhere"],
  } as const;
  const lines = tableLines(table, PLAIN, 40);
  expect(lines.slice(0, 3)).toEqual([
    String.raw`who\x1b[2J:`,
    "  share  command",
    String.raw`    5 %  a\x0ab`,
  ]);
  expect(lines[3]).toBe(`  100 %  ${"x".repeat(30)}…`);
  expect(lines[4]).toBe("    7 %  ");
  expect(lines[5]).toBe(String.raw`  from \u009bhere`);
});

test("tableLines() shows notes of a table without rows", () => {
  const table = {
    title: "t",
    columns: [{ name: "a", align: "left" }],
    rows: [],
    notes: ["n"],
  } as const;
  expect(tableLines(table, PLAIN, 40)).toEqual(["t:", "  n"]);
});
