import { parseLine } from "@task-watchers/trace";
import { expect, test } from "vitest";
import { EventText } from "./event-text.ts";
import { exitOf, exits, forkOf, overrun } from "./fake-source.fixture.ts";
import { Session } from "./session.ts";

function newSession(queueLimit = 100): Session {
  const request = { filter: {}, withExec: false };
  return new Session({
    request,
    queueLimit,
    text: new EventText(),
    ready: () => {},
    now: () => 1000n,
  });
}

/** What was taken, as `type:seq`, losses with reason and count. */
function taken(session: Session, characters = 1e9): string[] {
  const text = session.take(characters);
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((source) => {
      const line = parseLine(source) ?? { type: "none" };
      const { type, seq, pid, reason, count } = line;
      return type === "lost" ? `${seq}: lost ${reason} ${count}` : `${seq}: ${type} ${pid}`;
    });
}

test("take() numbers events from 1 on", () => {
  const session = newSession();
  for (const event of [forkOf(7), exitOf(7)]) session.event(event);
  expect(taken(session)).toEqual(["1: clone 7", "2: exit 7"]);
  expect(session).toMatchObject({ seq: 2, sent: 2, queued: 0, dropped: 0 });
});

test("take() counts dropped events where they would have stood", () => {
  const session = newSession(4);
  for (const event of exits(1, 10)) session.event(event);
  expect(taken(session)).toEqual([
    "1: exit 1",
    "2: exit 2",
    "3: exit 3",
    "4: exit 4",
    "10: lost queue 6",
  ]);
  session.event(exitOf(11));
  expect(taken(session)).toEqual(["11: exit 11"]);
  expect(session.dropped).toBe(6);
});

test("take() gives lines until there are enough characters", () => {
  const session = newSession();
  for (const event of exits(1, 3)) session.event(event);
  expect(taken(session, 1)).toEqual(["1: exit 1"]);
  expect(taken(session, 1)).toEqual(["2: exit 2"]);
});

test("resume() tells exactly what was sent and did not arrive", () => {
  const session = newSession();
  for (const event of exits(1, 10)) session.event(event);
  taken(session);
  for (const event of exits(11, 2)) session.event(event);
  expect(session.resume({ session: session.id, seq: 4, timeNs: 4n })).toBe(true);
  expect(taken(session)).toEqual(["10: lost disconnected 6", "11: exit 11", "12: exit 12"]);
});

test("resume() after a resume that did not arrive counts both gaps, once", () => {
  const session = newSession();
  for (const event of exits(1, 10)) session.event(event);
  taken(session);
  session.resume({ session: session.id, seq: 4 });
  session.event(exitOf(11));
  taken(session);
  session.resume({ session: session.id, seq: 4 });
  expect(taken(session)).toEqual(["11: lost disconnected 7"]);
});

test("resume() tells losses of the source again, and does not count them", () => {
  const session = newSession();
  session.event(exitOf(1));
  session.lost(overrun(null));
  session.event(exitOf(2));
  expect(taken(session)).toEqual(["1: exit 1", "2: lost overrun null", "3: exit 2"]);
  session.resume({ session: session.id, seq: 1 });
  expect(taken(session)).toEqual(["2: lost disconnected 1", "3: lost overrun null"]);
  session.resume({ session: session.id, seq: 2 });
  expect(taken(session)).toEqual(["3: lost overrun null"]);
  session.resume({ session: session.id, seq: 3 });
  expect(taken(session)).toEqual([]);
});

test("resume() counts events that were told as dropped but did not arrive", () => {
  const session = newSession(2);
  for (const event of exits(1, 5)) session.event(event);
  expect(taken(session)).toEqual(["1: exit 1", "2: exit 2", "5: lost queue 3"]);
  session.resume({ session: session.id, seq: 2 });
  expect(taken(session)).toEqual(["5: lost disconnected 3"]);
});

test("resume() says no to a listener that claims more than was sent", () => {
  expect(newSession().resume({ session: "", seq: 1 })).toBe(false);
});

test("a session is finished when its source has ended and all was taken", () => {
  const session = newSession();
  session.event(exitOf(1));
  session.ended();
  expect(session.finished).toBe(false);
  taken(session);
  expect(session.finished).toBe(true);
});
