import { parseLine } from "@task-watchers/trace";
import { expect, test } from "vitest";
import type { ExecFacts, TaskProcEvent } from "../event/proc-event.ts";
import { EventText, numbered } from "./event-text.ts";
import { exitOf, forkOf } from "./fake-source.fixture.ts";
import { isEventLine, readEvent } from "./read-event.ts";

const exec: ExecFacts = {
  exe: "/bin/sh",
  argv: ["sh", "-c", "a\n\u001b\udc9b"],
  cwd: "/",
  cgroup: "/x",
};
const unknown = { missing: "unknown" };

/** What a listener makes of the line of an event. */
function through(event: TaskProcEvent, withExec: boolean): unknown {
  const line = parseLine(numbered(new EventText().of(event, withExec).text, 3)) ?? { type: "" };
  expect(line).toMatchObject({ seq: 3 });
  expect(isEventLine(line)).toBe(true);
  return readEvent(line);
}

test("of() makes the line of an event once for all listeners that want it alike", () => {
  const text = new EventText();
  const event = { ...exitOf(1), exec };
  const [plain, withExec] = [text.of(event, false), text.of(event, true)];
  expect(text.of(event, false)).toBe(plain);
  expect(text.of(event, true)).toBe(withExec);
  expect(plain.text).not.toContain("sh");
  expect(withExec.text).toContain("/bin/sh");
  expect(text.of({ ...event }, false)).not.toBe(plain);
});

test("what a task ran is on every line when it was asked for, and on none else but exec", () => {
  const uid = { ...forkOf(1), type: "uid", ruid: 0, euid: 1 } as const;
  const sid = { ...forkOf(1), type: "sid" } as const;
  const { exe, argv } = exec;
  for (const event of [exitOf(1), forkOf(1), uid, sid]) {
    expect(through({ ...event, exec }, false)).toEqual(event);
    expect(through({ ...event, exec }, true)).toEqual({
      ...event,
      exec: { exe, argv, cwd: unknown, cgroup: unknown },
    });
    expect(through(event, true)).toEqual(event);
  }
  const executed = { ...forkOf(1), type: "exec", exec } as const;
  for (const withExec of [false, true]) expect(through(executed, withExec)).toEqual(executed);
});

test("readEvent() passes over facts that are malformed", () => {
  const line = parseLine(new EventText().of(forkOf(1), false).text) ?? { type: "" };
  for (const exec of [null, "sh", { exe: 5 }, { argv: "sh" }, [1]]) {
    expect(readEvent({ ...line, exec })).toMatchObject({ type: "fork", pid: 1 });
  }
});

test("isEventLine() does not know lines of a later version", () => {
  expect(isEventLine({ type: "weather" })).toBe(false);
});
