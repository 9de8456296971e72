import { Writable } from "node:stream";
import { setTimeout } from "node:timers/promises";
import type { TaskProcEvent } from "@task-watchers/proc-events";
import { expect, test } from "vitest";
import { styleFor } from "../report/style.ts";
import { describe as describeEvent, type LineOutput, Lines } from "./lines.ts";

const BASE = { task: "7.1", pid: 7, tgid: 7, ppid: 1, timeNs: 1_000_000n } as const;
const EXEC = { exe: "/bin/a", argv: ["a", "b c"], cwd: "/", cgroup: "/" };

test.each<[TaskProcEvent, string]>([
  [{ type: "fork", ...BASE, exec: EXEC }, "by 1  (a 'b c')"],
  [{ type: "fork", ...BASE, existing: true, exec: EXEC }, "was there  a 'b c'"],
  [{ type: "exec", ...BASE, exec: EXEC }, "a 'b c'"],
  [{ type: "uid", ...BASE, exec: EXEC, ruid: 0, euid: 1 }, "real 0, effective 1  a 'b c'"],
  [{ type: "gid", ...BASE, exec: EXEC, rgid: 0, egid: 1 }, "real 0, effective 1  a 'b c'"],
  [{ type: "sid", ...BASE, exec: EXEC }, "leads session 7  a 'b c'"],
  [{ type: "ptrace", ...BASE, exec: EXEC, tracer: { pid: 3, tgid: 3 } }, "traced by 3  a 'b c'"],
  [{ type: "ptrace", ...BASE, exec: EXEC }, "let go by its tracer  a 'b c'"],
  [{ type: "comm", ...BASE, exec: EXEC, comm: "x\ny" }, String.raw`is called $'x\x0ay'  a 'b c'`],
  [{ type: "coredump", ...BASE, exec: EXEC }, "a 'b c'"],
  [
    { type: "exit", ...BASE, exec: EXEC, code: 3, durationNs: 2_000_000n },
    "3 after 2.00 ms  a 'b c'",
  ],
  [{ type: "exit", ...BASE, signal: 11, coreDumped: true }, "SIGSEGV, core dumped  "],
])("describe() says what happened: %o", (event, words) => {
  expect(describeEvent(event)).toBe(words);
});

/** An output that takes what it is given when it is let. */
function slowOutput(): { output: LineOutput; text: () => string; take: () => void } {
  let text = "";
  let taken: (() => void) | undefined;
  const output = new Writable({
    highWaterMark: 10,
    write(chunk, _encoding, done) {
      text += String(chunk);
      taken = done;
    },
  });
  return { output: output as LineOutput, text: () => text, take: () => taken?.() };
}

function lines(output: LineOutput, onGone: () => void = () => {}, mayDrop = false): Lines {
  const style = styleFor({}, { NO_COLOR: "1" });
  return new Lines(output, style, { realtimeNs: 0n, existing: false, mayDrop, onGone });
}

test("Lines waits for a slow reader, and says so before it takes more", async () => {
  const { output, text, take } = slowOutput();
  const view = lines(output);
  view.event({ type: "exec", ...BASE, exec: EXEC });
  expect(view.ready()).toBeUndefined();
  view.close();
  const ready = view.ready();
  expect(ready).toBeInstanceOf(Promise);
  take();
  await ready;
  expect(view.ready()).toBeUndefined();
  expect(text()).toMatch(/^\d\d:\d\d:00\.001 {7}7 exec {5}a 'b c'\n$/u);
});

test("Lines leaves out what a slow reader does not take when a file must not wait for it, and says how much", async () => {
  const { output, text, take } = slowOutput();
  const view = lines(output, () => {}, true);
  view.event({ type: "exec", ...BASE, exec: EXEC });
  await setTimeout(50);
  for (let i = 0; i < 3; i++) view.event({ type: "exit", ...BASE, code: 0 });
  expect(view.ready()).toBeUndefined();
  expect(view.dropped).toBe(3);
  take();
  await setTimeout(50);
  take();
  view.event({ type: "exit", ...BASE, code: 1 });
  view.close();
  take();
  await setTimeout(10);
  const [exec, gap, exit] = text().split("\n");
  expect(exec).toMatch(/exec {5}a 'b c'$/u);
  expect(gap).toBe("3 events left out: nobody read the lines in time");
  expect(exit).toMatch(/exit {5}1/u);
  expect(view.dropped).toBe(3);
});

test("Lines says that its reader has gone, and waits for it no longer", async () => {
  const { output } = slowOutput();
  let gone = 0;
  const view = lines(output, () => gone++);
  view.event({ type: "exec", ...BASE, exec: EXEC });
  view.close();
  const ready = view.ready();
  output.destroy(Object.assign(new Error("gone"), { code: "EPIPE" }));
  await ready;
  expect(gone).toBe(1);
});

test("Lines leaves out what was there before, and never a loss", () => {
  const { output, text } = slowOutput();
  const view = lines(output);
  view.event({ type: "fork", ...BASE, existing: true });
  view.event({
    type: "lost",
    timeNs: 1n,
    reason: "over\nrun",
    count: null,
    sinceNs: 0n,
    untilNs: 1n,
  });
  view.close();
  expect(text()).toMatch(/^[^\n]* lost an unknown number of events \(over\\x0arun\)\n$/u);
});
