import { expect, test } from "vitest";
import type { EventLine } from "./event-text.ts";
import { overrun } from "./fake-source.fixture.ts";
import { SessionQueue } from "./session-queue.ts";

function line(characters: number): EventLine {
  return { type: "exec", timeNs: 3n, text: "x".repeat(characters) };
}

function all(queue: SessionQueue): unknown[] {
  const items = [];
  for (let item = queue.shift(); item; item = queue.shift()) {
    items.push(item.type === "lost" ? `${item.reason} ${item.count}` : item.text.length);
  }
  return items;
}

test("push() drops what is too much in size, and counts it in its place", () => {
  const queue = new SessionQueue(100, 10);
  for (const characters of [4, 5, 2, 3, 1, 1]) queue.push(line(characters));
  expect(queue).toMatchObject({ dropped: 3, length: 5 });
  expect(all(queue)).toEqual([4, 5, "queue 2", 1, "queue 1"]);
  queue.push(line(10));
  expect(all(queue)).toEqual([10]);
});

test("push() keeps losses, and both kinds of drops in one sum", () => {
  const queue = new SessionQueue(2, 10);
  for (const characters of [4, 4, 4, 1]) queue.push(line(characters));
  queue.push(overrun(5));
  expect(queue.dropped).toBe(2);
  expect(all(queue).filter((item) => typeof item === "string")).not.toEqual([]);
});
