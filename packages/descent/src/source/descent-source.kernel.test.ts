// Needs of the kernel: nothing but Linux.
import { kernelTest } from "@task-watchers/kernel-test";
import type { EventSink, Loss } from "@task-watchers/tasks";
import { expect } from "vitest";
import type { RecordSource } from "./by-records.ts";
import { DescentSource } from "./descent-source.ts";

kernelTest("what was lost just before the end is told at the end", [], () => {
  const told: Loss[] = [];
  const sink: EventSink = {
    event() {},
    facts() {},
    settled() {},
    lost: (loss) => void told.push(loss),
  };
  const source = new DescentSource(sink);
  let lost = 0;
  const records: RecordSource = {
    fill: 0,
    get lost() {
      return lost;
    },
    read() {},
    close() {},
  };
  source.attach({ records, gainsIds: false, tellsExecs: false, onRoot() {} });
  source.start();
  source.drainAll();
  lost = 183;
  source.drainAll();
  source.close();
  source.close();
  expect(told.map(({ count }) => count)).toEqual([183]);
  expect(source.counters().lost).toBe(183);
});
