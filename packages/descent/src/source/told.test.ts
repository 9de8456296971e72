import { expect, test } from "vitest";
import type { EventSink } from "@task-watchers/tasks";
import { type Told, ToldQueue } from "./told.ts";

const sink: EventSink = { event() {}, lost() {}, settled() {}, facts() {} };

/** An item that writes its name. */
function item(told: string[], name: string, isReady: () => boolean = () => true): Told {
  return { ready: isReady, tell: () => void told.push(name) };
}

test("ToldQueue tells in order, and holds all back behind what is not known yet", () => {
  const told: string[] = [];
  const queue = new ToldQueue();
  let isKnown = false;
  queue.push(item(told, "fork"));
  queue.push(item(told, "exit", () => isKnown));
  queue.push(item(told, "next"));
  queue.flush(sink, 0n);
  expect([told, queue.waiting]).toEqual([["fork"], 2]);
  isKnown = true;
  queue.flush(sink, 0n);
  expect([told, queue.waiting]).toEqual([["fork", "exit", "next"], 0]);
});

test("ToldQueue tells nothing twice when it is asked from within", () => {
  const told: string[] = [];
  const queue = new ToldQueue();
  queue.push({
    ready: () => true,
    tell: () => {
      told.push("first");
      queue.push(item(told, "third"));
      queue.flush(sink, 0n);
    },
  });
  queue.push(item(told, "second"));
  queue.flush(sink, 0n);
  queue.flush(sink, 0n);
  expect(told).toEqual(["first", "second", "third"]);
});
