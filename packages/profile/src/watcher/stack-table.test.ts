import { expect, test } from "vitest";
import type { Frame } from "../symbols/frame.ts";
import { StackTable } from "./stack-table.ts";

function frame(name: string): Frame {
  return { name, module: "/bin/a", kind: "user", resolved: true };
}

test("Equal functions and equal stacks have one number", () => {
  const table = new StackTable();
  const [a, b] = [table.frame(frame("a")), table.frame(frame("b"))];
  expect(table.frame(frame("a"))).toBe(a);
  expect(table.stack([a, b])).toBe(table.stack([a, b]));
  expect(table.stack([b, a])).not.toBe(table.stack([a, b]));
  expect(table.size(table.stack([a, b]))).toEqual({ frames: 2, unresolved: 0 });
  expect(table.leaf(table.stack([a, b]))).toBe(b);
  expect(table.dropped).toBe(0);
});

test("What comes after the most functions and stacks is put together, and counted", () => {
  const table = new StackTable({ stacks: 3, frames: 4 });
  const frames = ["a", "b", "c", "d", "e", "f"].map((name) => table.frame(frame(name)));
  expect(new Set(frames.slice(4)).size).toBe(1);
  expect(table.frames[frames[5] ?? -1]?.name).toBe("[not kept]");
  const stacks = frames.map((number) => table.stack([number, 0]));
  expect(new Set(stacks.slice(3)).size).toBe(1);
  expect(table.stacks[stacks[3] ?? -1]?.map((number) => table.frames[number]?.name)).toEqual([
    "[not kept]",
  ]);
  expect(table.size(stacks[3] ?? -1)).toEqual({ frames: 1, unresolved: 1 });
  expect([table.stacks.length, table.frames.length]).toEqual([4, 5]);
  expect(table.dropped).toBe(2 + 3);
});
