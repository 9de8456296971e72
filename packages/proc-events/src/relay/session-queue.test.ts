import { expect, test } from "vitest";
import type { EventLine } from "./event-text.ts";
import { overrun } from "./fake-source.fixture.ts";
import { SessionQueue } from "./session-queue.ts";

function line(characters: number, type: EventLine["type"] = "exec"): EventLine {
  return { type, timeNs: 3n, text: "x".repeat(characters) };
}

function all(queue: SessionQueue): unknown[] {
  const items = [];
  for (let item = queue.shift(); item; item = queue.shift()) {
    items.push(item.type === "lost" ? `${item.reason} ${item.count}` : item.text.length);
  }
  return items;
}

test("push() drops what is too much in size, and counts it in its place", () => {
  const queue = new SessionQueue(100, 12);
  for (const characters of [4, 5, 2, 3, 1]) queue.push(line(characters));
  expect(queue).toMatchObject({ dropped: 3, length: 3 });
  expect(all(queue)).toEqual([4, 5, "queue 3"]);
  queue.push(line(9));
  expect(all(queue)).toEqual([9]);
});

test("push() keeps the last quarter of the size for exits", () => {
  const queue = new SessionQueue(100, 12);
  for (const item of [line(9), line(1), line(2, "exit"), line(1), line(1, "exit")])
    queue.push(item);
  queue.push(line(1, "exit"));
  expect(queue).toMatchObject({ dropped: 3, length: 4 });
  expect(all(queue)).toEqual([9, "queue 3", 2, 1]);
});

test("push() keeps losses with their reason, however full it is", () => {
  const queue = new SessionQueue(2, 12);
  for (const characters of [4, 4, 4, 1]) queue.push(line(characters));
  for (const count of [5, null]) queue.push(overrun(count));
  queue.push({ ...overrun(3), reason: "deaf" });
  queue.push(line(1));
  expect(queue).toMatchObject({ dropped: 3, length: 5 });
  expect(all(queue)).toEqual([4, 4, "queue 3", "overrun null", "deaf 3"]);
});
