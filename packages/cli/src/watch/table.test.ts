import type { ProcEvent } from "@task-watchers/proc-events";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { styleFor } from "../report/style.ts";
import { Rows } from "./rows.ts";
import { Table } from "./table.ts";
import { Tally } from "./tally.ts";

const PLAIN = styleFor({}, { NO_COLOR: "1" });

beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }));
afterEach(() => void vi.useRealTimers());

function life(pid: number, ...argv: string[]): ProcEvent[] {
  const base = { task: `${pid}.1`, pid, tgid: pid, ppid: 1 };
  const exec = { exe: argv[0] ?? "", argv, cwd: "/", cgroup: "/" };
  const ids = { ruid: 0, euid: 0, rgid: 0, egid: 0 };
  return [
    { type: "fork", ...base, timeNs: BigInt(pid), ids },
    { type: "exec", ...base, timeNs: BigInt(pid), exec },
    {
      type: "exit",
      ...base,
      timeNs: BigInt(pid) + 5_000_000n,
      exec,
      code: pid % 2,
      durationNs: 5_000_000n,
    },
  ];
}

/** A terminal of so many lines, and what was written to it. */
function terminal(rows: number): {
  columns: number;
  rows: number;
  written: string[];
  write(text: string): void;
} {
  const written: string[] = [];
  return { columns: 80, rows, written, write: (text) => void written.push(text) };
}

/** The lines of the last picture. */
function picture(written: readonly string[]): string[] {
  const last = written.findLast((text) => text.startsWith("\u001b[H")) ?? "";
  return last
    .slice(3, -3)
    .split("\r\n")
    .map((line) => line.replace(/\u001b\[K$/u, ""));
}

test("Table draws those that run above those that ended, at most a screenful, one line each", () => {
  const screen = terminal(12);
  const table = new Table(screen, PLAIN, new Tally(), "host: all tasks", () => 10);
  for (let pid = 100; pid < 130; pid++) {
    const events = life(pid, "/bin/x", "a\u001b[2J\nb".repeat(30));
    for (const event of pid < 120 ? events : events.slice(0, 2)) table.event(event);
  }
  vi.advanceTimersByTime(1000);
  const lines = picture(screen.written);
  expect(lines).toHaveLength(12);
  expect(lines[0]).toMatch(
    /^host: all tasks {2}.* 0 events {2}0\/s {2}10 alive {2}0 failed {2}lost 0$/u,
  );
  expect(lines[2]).toMatch(/^ {4}129 {7}1 {2}root/u);
  expect(lines[2]).toContain(String.raw`/bin/x $'a\x1b[2J\x0ab`);
  expect(lines.slice(2, 7).map((line) => line.slice(4, 7))).toEqual([
    "129",
    "128",
    "127",
    "126",
    "125",
  ]);
  expect(lines.slice(7, 11).map((line) => line.slice(4, 7))).toEqual(["119", "118", "117", "116"]);
  expect(lines[7]).toContain("5.00 ms  1");
  for (const line of lines) {
    expect(line.length).toBeLessThanOrEqual(80);
    expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/u);
  }
  table.close();
});

test("Table takes the alternate screen and gives it back, and draws no more", () => {
  const screen = terminal(10);
  const table = new Table(screen, PLAIN, new Tally(), "", () => undefined);
  expect(screen.written[0]).toBe("\u001b[?1049h\u001b[?25l\u001b[?7l");
  table.note("watcher x is off: \u001b[0mno");
  table.draw();
  expect(picture(screen.written).at(-2)).toBe(String.raw`watcher x is off: \x1b[0mno`);
  table.close();
  const { length } = screen.written;
  expect(screen.written.at(-1)).toBe("\u001b[?7h\u001b[?25h\u001b[?1049l");
  vi.advanceTimersByTime(1000);
  expect(screen.written).toHaveLength(length);
});

test("Table survives a terminal of one line", () => {
  const table = new Table(terminal(1), PLAIN, new Tally(), "", () => undefined);
  for (const event of life(7, "/bin/x")) table.event(event);
  expect(() => table.draw()).not.toThrow();
  table.close();
});

test("Rows forgets those that ended first, and knows an end whose beginning it never heard of", () => {
  const rows = new Rows();
  const [fork] = life(1, "/bin/first");
  if (fork) rows.take(fork);
  for (let pid = 2; pid < 10_000; pid++) for (const event of life(pid, "/bin/x")) rows.take(event);
  expect(rows.running(10).map((row) => row.pid)).toEqual([1]);
  expect(rows.ended(2).map((row) => row.pid)).toEqual([9999, 9998]);
  expect(rows.ended(1_000_000).length).toBeLessThanOrEqual(2000);
  const end = life(20_000, "/bin/unheard")[2];
  if (end) rows.take(end);
  expect(rows.ended(1)[0]).toMatchObject({ pid: 20_000, command: "/bin/unheard" });
});
