import * as fc from "fast-check";
import { formatLine, parseLine } from "@task-watchers/trace";
import { describe, expect, test } from "vitest";
import type { AuditEvent } from "../assemble/audit-event.ts";
import { factsOf } from "../facts/event-facts.ts";
import { interpret } from "../interpret/interpret.ts";
import { fieldsOf } from "../record/fields.ts";
import { EXECVE_CALL, PATH_BODY, record } from "../record/kernel-text.fixture.ts";
import { fromAuditLine, toAuditLine } from "./audit-line.ts";
import { toEcs } from "./ecs.ts";

const genuine: readonly (readonly [string, string])[] = [
  ["SYSCALL", EXECVE_CALL],
  ["EXECVE", 'argc=3 a0="sh" a1_len=4 a1[0]=41 a1[1]=42 a2=0A'],
  ["PATH", PATH_BODY],
  ["CWD", 'cwd="/home/ada"'],
  ["SOCKADDR", "saddr=0A0000500000000020010DB8000000000000000000000001000000000000"],
  ["PROCTITLE", "proctitle=6C73002D6C"],
  ["USER_LOGIN", "pid=7 uid=0 auid=1 ses=2 msg='op=login acct=\"x\" res=success'"],
  ["AVC", "avc:  denied  { read } for  pid=1 capability=21"],
  ["CAPSET", "pid=1 cap_pi=0 cap_pp=3000 cap_pe=ffffffffffffffff cap_pa=0"],
  ["UNKNOWN[1399]", "x=1"],
];

/** A body with some of it cut out, doubled, or put in the place of something else. */
const broken = fc
  .tuple(
    fc.constantFrom(...genuine),
    fc.array(fc.tuple(fc.nat(400), fc.nat(20), fc.uint8Array({ maxLength: 8 })), { maxLength: 4 }),
  )
  .map(([[type, body], edits]) => {
    for (const [at, length, bytes] of edits) {
      const patch = Buffer.from(bytes).toString("latin1");
      body = body.slice(0, at) + patch + body.slice(at + length);
    }
    return record(type, body, 7, 42);
  });

const events = fc.array(broken, { maxLength: 8 }).map((records): AuditEvent => {
  const stamp = { seconds: 1_700_000_000, milliseconds: 42, serial: 7 };
  return { stamp, records, partial: ["no-end"], cutRecords: 0, cutBytes: 0 };
});

describe("an event, whatever its records hold,", () => {
  test(
    "has facts, which a line of a trace gives back, and is told in every other form",
    { timeout: 60_000 },
    () => {
      fc.assert(
        fc.property(events, (event) => {
          const facts = factsOf(event);
          const line = parseLine(formatLine(toAuditLine(facts)));
          expect(line && fromAuditLine(line)).toEqual({ facts });
          // Without backslashes of the text itself, in front of what would look like an escape.
          expect(JSON.stringify(toEcs(facts)).replaceAll("\\\\", "")).not.toMatch(/\\ud/u);
          for (const record of event.records) {
            for (const field of fieldsOf(record)) {
              expect(typeof interpret(field, { names: null })).toBe("string");
            }
          }
        }),
        { numRuns: 2000 },
      );
    },
  );
});
