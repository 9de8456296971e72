import type { AuditLogReport } from "@task-watchers/audit/log";
import { count } from "../report/format.ts";

/** What was read, what of it was found, and every flaw of the logs. */
export function readingSummary(report: AuditLogReport, found: number): string {
  const { events, records, malformed, missingStart, missingEnd, cutRecords, cutOff } = report;
  const partial = missingStart + missingEnd;
  const flaws = [
    ...some(malformed, "line that is no record", "lines that are no records"),
    ...some(partial, "event that is not whole", "events that are not whole"),
    ...some(cutRecords, "record cut from too long an event", "records cut from too long events"),
    ...some(
      cutOff,
      "file that ends in the middle of a line",
      "files that end in the middle of a line",
    ),
  ];
  const read = `${count(found, "event")} of ${count(events, "event")}, ${count(records, "record")}`;
  return flaws.length === 0 ? read : `${read}; ${flaws.join(", ")}`;
}

function some(n: number, one: string, several: string): string[] {
  return n === 0 ? [] : [count(n, one, several)];
}
