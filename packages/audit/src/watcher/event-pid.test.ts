import { expect, test } from "vitest";
import { factsOf } from "../facts/event-facts.ts";
import { pidOf } from "./event-pid.ts";
import { eventAt } from "./told.fixture.ts";

const CALL =
  'arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2 a2=3 a3=4 items=2 ppid=1 pid=4711 auid=0 comm="x pid=1" exe="/x" key=(null)';

test.each([
  ["a call", [[1300, CALL]], 4711],
  [
    "a call whose arguments came first",
    [
      [1309, 'argc=1 a0="pid=9"'],
      [1300, CALL],
    ],
    4711,
  ],
  ["a call that was cut before", [[1300, "arch=c000003e syscall=59 ppid=12"]], undefined],
  ["a call that was cut within", [[1300, "arch=c000003e syscall=59 ppid=12 pid="]], undefined],
  ["a crash", [[1701, 'auid=0 uid=0 gid=0 ses=1 pid=12 comm="x" sig=11 res=1']], 12],
  ["a name without its call", [[1302, 'item=0 name="/pid=3"']], undefined],
] as const)("pidOf reads %s as factsOf does", (_, bodies, pid) => {
  const { event } = eventAt(100, bodies);
  expect(pidOf(event)).toBe(pid);
  expect(factsOf(event).pid).toBe(pid);
});
