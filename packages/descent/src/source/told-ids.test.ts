import { expect, test } from "vitest";
import { PROC_EVENT_GID, PROC_EVENT_UID } from "@task-watchers/tasks";
import type { Credentials } from "../tasks/credentials.ts";
import { ToldIds } from "./told-ids.ts";

const ids = (id: number): Credentials["uid"] => ({ real: id, effective: id, saved: id, fs: id });
const ROOT: Credentials = { uid: ids(0), gid: ids(0) };

/** A question about a thread that there is none of, whose ids are what the test says. */
function asked(look: () => Credentials | undefined): {
  readonly told: ToldIds;
  readonly settled: unknown[];
  readonly events: () => unknown[];
} {
  const settled: unknown[] = [];
  const told = new ToldIds({
    tid: 0x7fff_ffff,
    tgid: 7,
    timeNs: 1_000_000n,
    before: ROOT,
    look,
    settled: (after) => settled.push(after),
  });
  const events = (): unknown[] => {
    const seen: unknown[] = [];
    told.tell({ event: (...event) => seen.push(event), lost() {}, settled() {}, facts() {} });
    return seen;
  };
  return { told, settled, events };
}

test("ToldIds waits until the ids are others, and tells the user before the group", () => {
  let now = ROOT;
  const { told, settled, events } = asked(() => now);
  expect(told.ready(2_000_000n)).toBe(false);
  now = { uid: { ...ids(1), saved: 0 }, gid: ids(5) };
  expect(told.ready(3_000_000n)).toBe(true);
  expect(settled).toEqual([now]);
  expect(events()).toEqual([
    [PROC_EVENT_UID, 0x7fff_ffff, 7, 1, 1, 1_000_000n, 0, 0],
    [PROC_EVENT_GID, 0x7fff_ffff, 7, 5, 5, 1_000_000n, 0, 0],
  ]);
});

test("ToldIds tells a change of the saved id alone, as the kernel does", () => {
  const now = { ...ROOT, uid: { ...ids(0), saved: 3 } };
  const { told, events } = asked(() => now);
  expect(told.ready(2_000_000n)).toBe(true);
  expect(events()).toEqual([[PROC_EVENT_UID, 0x7fff_ffff, 7, 0, 0, 1_000_000n, 0, 0]]);
});

test("ToldIds gives up in time, and tells nothing when nothing changed", () => {
  const { told, settled, events } = asked(() => ROOT);
  expect(told.ready(50_000_000n)).toBe(false);
  expect(told.ready(52_000_000n)).toBe(true);
  expect([settled, events()]).toEqual([[ROOT], []]);
});

test("ToldIds says that it cannot be known when the thread is gone", () => {
  const { told, settled, events } = asked(() => undefined);
  expect(told.ready(1_000_001n)).toBe(true);
  expect([settled, events()]).toEqual([[undefined], []]);
});

test("ToldIds takes the first answer it is given", () => {
  const { told, settled } = asked(() => ROOT);
  told.settle({ ...ROOT, gid: ids(4) });
  told.settle(ROOT);
  expect(settled).toEqual([{ ...ROOT, gid: ids(4) }]);
});
