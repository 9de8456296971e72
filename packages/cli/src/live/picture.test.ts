import stringWidth from "string-width";
import { describe, expect, test } from "vitest";
import { styleFor } from "../report/style.ts";
import { describeCommand } from "../report/task-tree.ts";
import { headLine } from "./columns.ts";
import { at, beginning, busy, end, SECOND, tasksOf } from "./live-task.fixture.ts";
import { LiveTasks } from "./live-tasks.ts";
import { firstShown, pictureLines, type PictureParts } from "./picture.ts";
import { rowsOf } from "./rows.ts";
import { FIRST_VIEW, type ViewState } from "./view-state.ts";

const PARTS: PictureParts = {
  style: styleFor({}, {}),
  title: "make -j2",
  beginNs: 0n,
  user: (euid) => `user${euid}`,
  output: undefined,
  note: "",
  ends: "q quit",
};

function picture(
  tasks: LiveTasks,
  [columns, rows]: readonly [number, number],
  state: ViewState = FIRST_VIEW,
  parts: Partial<PictureParts> = {},
): string[] {
  const snapshot = at(tasks, 3);
  const size = { columns, rows };
  return pictureLines(snapshot, rowsOf(snapshot, state), state, { ...PARTS, ...parts }, size);
}

const SIZES = [
  [80, 24],
  [200, 50],
  [40, 8],
  [20, 5],
] as const;

/** Names that would act, wide ones, ones of no width. */
const NAMES = [
  "<script>alert(1)</script>",
  "\u001b]0;owned\u0007\u001b[2J",
  "line\nbreak\r",
  "\u202eevil\u202c",
  "日本語プログラム日本語プログラム日本語プログラム日本語プログラム",
  "👩‍👩‍👧‍👦".repeat(40),
  "e\u0301".repeat(200),
  "\udc80\udcff",
  "=cmd()",
  "\t\u200b",
];

describe("pictureLines()", () => {
  test.each(SIZES)("fills %i columns and %i rows exactly, whatever tasks are called", (...size) => {
    const tasks = new LiveTasks();
    for (const [i, name] of NAMES.entries()) {
      tasks.began(beginning(i + 1, i % 3));
      const exec = { exe: name, argv: [name, name], cwd: name, cgroup: name };
      const command = describeCommand(exec);
      tasks.executed(`${i + 1}.1`, {
        command,
        exe: command,
        cwd: command,
        cgroup: command,
        euid: 0,
      });
    }
    for (const view of [{}, { isTree: false }, { chosen: "2.1" }]) {
      const lines = picture(tasks, size, { ...FIRST_VIEW, ...view });
      expect(lines).toHaveLength(size[1]);
      expect(lines.map((line) => stringWidth(line))).toEqual(lines.map(() => size[0]));
      // oxlint-disable-next-line no-control-regex
      expect(lines.join("")).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\ud800-\udfff]/u);
    }
    const inspected = picture(tasks, size, { ...FIRST_VIEW, chosen: "2.1", isInspecting: true });
    expect(inspected).toHaveLength(size[1]);
    expect(Math.max(...inspected.map((line) => stringWidth(line)))).toBeLessThanOrEqual(size[0]);
    expect(inspected.join("")).not.toMatch(/[\u0000-\u001f\u202a-\u202e]/u);
  });

  test("tells how a task ended in the place of its figures", () => {
    const tasks = tasksOf([1, 0], [2, 1]);
    busy(tasks, 1, 0.5, 2048);
    end(tasks, 2, 2n * SECOND, true);
    const [, , , first, second] = picture(tasks, [80, 24]);
    expect(first).toMatch(/^ +1 +50 +50 {2}2\.0K +2\.0s +0 command 1 +$/u);
    expect(second).toMatch(/^ +2 ended 1 +1\.0s +0 └─ command 2 +$/u);
    expect(headLine(FIRST_VIEW, 80).indexOf("COMMAND")).toBe(first?.indexOf("command"));
    expect(second?.indexOf("└─")).toBe(first?.indexOf("command"));
  });

  test("shows the latest output, where there is room, and the latest note", () => {
    const tasks = tasksOf([1, 0]);
    const output = Array.from({ length: 50 }, (_, i) => `line ${i}`);
    const large = picture(tasks, [80, 24], FIRST_VIEW, { output, note: "something failed" });
    expect(large.slice(-7).map((line) => line.trim())).toEqual([
      expect.stringContaining("output of the command"),
      ...["line 46", "line 47", "line 48", "line 49"],
      "something failed",
      expect.stringContaining("q quit"),
    ]);
    const small = picture(tasks, [80, 10], FIRST_VIEW, { output });
    expect(small.join("\n")).not.toContain("line 49");
  });

  test("says of a loss that nobody counted that there was one", () => {
    const tasks = tasksOf([1, 0]);
    for (const count of [1200, null]) tasks.missed(count);
    expect(picture(tasks, [80, 24])[0]).toContain("lost 1,200 and more");
  });
});

test("firstShown() keeps the chosen row in sight, and no room empty", () => {
  const tasks = tasksOf(...Array.from({ length: 100 }, (_, i) => [i + 1, 0] as const));
  const rows = rowsOf(at(tasks, 3), FIRST_VIEW);
  const first = (chosen: number): number => firstShown(rows, rows[chosen]?.task.id, 10);
  expect([first(0), first(4), first(50), first(99)]).toEqual([0, 0, 45, 90]);
  expect(firstShown(rows, undefined, 10)).toBe(0);
  expect(firstShown(rows.slice(0, 3), rows[2]?.task.id, 10)).toBe(0);
});
