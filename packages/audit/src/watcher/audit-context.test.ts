import { expect, test } from "vitest";
import { AuditContext } from "./audit-context.ts";
import { callAt, EXEC, execAt, FAILED_EXEC, processAt } from "./told.fixture.ts";

function context(): AuditContext {
  return new AuditContext(processAt(5, 100), false);
}

const serials = (of: AuditContext) => of.execs().map(({ facts }) => facts?.stamp.serial);

test("AuditContext pairs execs and records in order when there is one for each", () => {
  const of = context();
  const [first, second] = [callAt(110, 5, EXEC), callAt(112, 5, EXEC)];
  of.exec(execAt(111));
  of.exec(execAt(113));
  of.take(first);
  of.take(second);
  expect(serials(of)).toEqual([first.facts.stamp.serial, second.facts.stamp.serial]);
});

test("AuditContext leaves an exec without a record rather than give it another's", () => {
  const of = context();
  const second = callAt(300, 5, EXEC);
  of.exec(execAt(111));
  of.exec(execAt(301));
  of.take(second);
  expect(serials(of)).toEqual([undefined, second.facts.stamp.serial]);
});

test("AuditContext gives a record that fits two execs to neither", () => {
  const of = context();
  of.exec(execAt(111));
  of.exec(execAt(113));
  of.take(callAt(110, 5, EXEC));
  expect(serials(of)).toEqual([undefined, undefined]);
});

test("AuditContext leaves out records from before the watch", () => {
  const of = context();
  const known = callAt(150, 5, EXEC);
  of.take(callAt(105, 5, EXEC));
  of.take(known);
  of.exec(execAt(151));
  expect(serials(of)).toEqual([known.facts.stamp.serial]);
});

test("AuditContext tells a search through PATH from execs that failed", () => {
  const of = context();
  const failed = (ms: number, name: string) => {
    const { event } = callAt(ms, 5, FAILED_EXEC);
    return { event, name, ms };
  };
  for (const { event, name, ms } of [
    failed(101, "/usr/local/bin/ls"),
    failed(102, "/usr/bin/nosuch"),
  ]) {
    const { facts } = callAt(ms, 5, FAILED_EXEC);
    of.take({ event, facts: { ...facts, paths: [{ name }] }, fromNs: BigInt(ms) * 1_000_000n });
  }
  const found = callAt(103, 5, EXEC);
  of.take({ ...found, facts: { ...found.facts, paths: [{ name: "/bin/ls" }] } });
  expect(of.failedExecs.map(({ paths }) => paths[0]?.name)).toEqual(["/usr/bin/nosuch"]);
});

test("AuditContext keeps a thousand events of a task, and counts the others", () => {
  const of = context();
  for (let i = 0; i < 1030; i++) of.take(callAt(200, 5, FAILED_EXEC));
  expect(of.facts).toHaveLength(1024);
  expect(of.unkept).toBe(6);
});
