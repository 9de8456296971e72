import { expect, test } from "vitest";
import { factsOf } from "../facts/event-facts.ts";
import { briefOf } from "./event-brief.ts";
import { eventAt } from "./told.fixture.ts";

/** As Linux 6.18 writes it; made up but for the order. */
const CALL =
  'arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2 a2=3 a3=4 items=2 ppid=1 pid=4711 auid=0 uid=0 gid=0 tty=pts0 ses=7 comm="x" exe="/x" subj=kernel key="k"';
const UNSET = CALL.replace("auid=0", "auid=4294967295").replace("ses=7", "ses=4294967295");

test.each([
  ["a call", [[1300, CALL]]],
  ["one without a login", [[1300, UNSET]]],
  [
    "one whose arguments came first",
    [
      [1309, 'argc=1 a0="syscall=1"'],
      [1300, CALL],
    ],
  ],
  ["a name with a space", [[1300, CALL.replace('"x"', "7820203D")]]],
  ["a program with a space", [[1300, CALL.replace('"/x"', "2F782079")]]],
  ["a call that failed", [[1300, CALL.replace("success=yes exit=0", "success=no exit=-2")]]],
  [
    "an end",
    [[1300, CALL.replace("59 success=yes exit=0", "231").replace("a0=1", "a0=7f") + " x"]],
  ],
  ["another machine's call", [[1300, CALL.replace("c000003e", "40000003")]]],
  ["an architecture nobody knows", [[1300, CALL.replace("c000003e", "1")]]],
] as const)("briefOf reads %s as factsOf does", (_, bodies) => {
  const { event } = eventAt(100, bodies);
  const { type, syscallName, success, auid, session, exe } = factsOf(event);
  expect(briefOf(event)).toEqual({ type, syscallName, success, auid, session, exe });
});

test.each([
  ["a record that was cut", [[1300, CALL.slice(0, CALL.indexOf("exe="))]]],
  ["a program that was cut", [[1300, CALL.slice(0, CALL.indexOf("/x"))]]],
  ["fields in another order", [[1300, `comm="x" exe="/y" ${CALL}`]]],
  ["no call", [[1302, 'item=0 name="/x"']]],
  ["a crash", [[1701, 'auid=0 uid=0 gid=0 ses=1 pid=12 comm="x" exe="/x" sig=11 res=1']]],
] as const)("briefOf leaves %s to factsOf", (_, bodies) => {
  expect(briefOf(eventAt(100, bodies).event)).toBeUndefined();
});
