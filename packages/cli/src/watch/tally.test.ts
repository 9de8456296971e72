import type { ExitedEvent, ForkEvent } from "@task-watchers/proc-events";
import { expect, test } from "vitest";
import { styleFor } from "../report/style.ts";
import { lostInWords, watchSummary } from "./summary.ts";
import { Tally } from "./tally.ts";

const PLAIN = styleFor({}, { NO_COLOR: "1" });

function fork(pid: number, existing?: true): ForkEvent {
  const base = { task: `${pid}.1`, pid, tgid: pid, ppid: 1, timeNs: 1n };
  return { type: "fork", ...base, ...(existing && { existing }) };
}

function exit(pid: number, program: string, durationNs: bigint, code = 0): ExitedEvent {
  const exec = { exe: program, argv: [program], cwd: "/", cgroup: "/" };
  const base = { task: `${pid}.1`, pid, tgid: pid, ppid: 1, timeNs: 9n };
  return { type: "exit", ...base, code, durationNs, exec };
}

test("Tally counts events by kind, who failed, what was slow", () => {
  const tally = new Tally();
  tally.take(fork(1, true));
  for (let pid = 2; pid < 12; pid++) tally.take(fork(pid));
  for (let pid = 2; pid < 10; pid++) {
    tally.take(
      exit(pid, pid < 5 ? "/bin/a" : "/bin/b", BigInt(pid) * 1_000_000n, pid === 9 ? 7 : 0),
    );
  }
  expect(tally.events).toBe(18);
  expect(tally.failed).toBe(1);
  expect(tally.slowest.map(({ event }) => event.pid)).toEqual([9, 8, 7, 6, 5]);
  const summary = watchSummary(tally, { style: PLAIN, columns: 80, elapsedNs: 1_500_000_000n });
  expect(summary.slice(0, 6)).toEqual([
    "18 events in 1.50 s: 10 fork, 8 exit",
    "8 tasks ended, 1 failed",
    "programs by number of ends:",
    "       5 × /bin/b  (35.0 ms in all, 1 failed)",
    "       3 × /bin/a  (9.00 ms in all)",
    "failed last:",
  ]);
});

test("Tally keeps no more than it needs, whatever comes", () => {
  const tally = new Tally();
  for (let pid = 1; pid <= 20_000; pid++) tally.take(exit(pid, `/bin/${pid}`, 1n, 1));
  expect(tally.programs.size).toBe(5000);
  expect(tally.others).toBe(15_000);
  expect(tally.failures).toHaveLength(10);
  expect(tally.failed).toBe(20_000);
  const summary = watchSummary(tally, { style: PLAIN, columns: 80, elapsedNs: 1n });
  expect(summary).toContain("  and 15,000 ends of other programs");
});

test("watchSummary() shows nothing that a terminal would act upon, and cuts at its width", () => {
  const tally = new Tally();
  tally.take(exit(1, `/bin/\u001b[31m\n${"x".repeat(200)}`, 1n, 1));
  const summary = watchSummary(tally, { style: PLAIN, columns: 80, elapsedNs: 1n });
  for (const line of summary) {
    expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/u);
    expect(line.length).toBeLessThanOrEqual(80);
  }
});

const NOTHING_ELSE = { uncounted: () => 0, unread: () => 0 };

test("lostInWords() adds up by reason, and says what nobody could count", () => {
  const tally = new Tally();
  expect(lostInWords(tally, NOTHING_ELSE)).toBe("lost 0 events");
  const lost = { type: "lost", timeNs: 1n, sinceNs: 0n, untilNs: 1n } as const;
  for (const count of [2, 3]) tally.take({ ...lost, reason: "queue", count });
  tally.take({ ...lost, reason: "disconnected", count: null });
  expect(lostInWords(tally, NOTHING_ELSE)).toBe("lost 5 events (queue), an unknown number, 1 time");
  const more = { uncounted: () => 2, unread: () => 7 };
  expect(lostInWords(tally, more)).toBe(
    "lost 5 events (queue), an unknown number, 2 times; 7 events not read any more",
  );
});
