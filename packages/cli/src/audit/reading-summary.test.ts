import { newAuditLogReport } from "@task-watchers/audit/log";
import { expect, test } from "vitest";
import { readingSummary } from "./reading-summary.ts";

test("readingSummary() tells of what was read, one or many", () => {
  const report = { ...newAuditLogReport(), events: 1, records: 1 };
  expect(readingSummary(report, 0)).toBe("0 events of 1 event, 1 record");
  expect(readingSummary({ ...report, malformed: 1, missingEnd: 1, cutOff: 1 }, 1)).toBe(
    "1 event of 1 event, 1 record; 1 line that is no record, 1 event that is not whole, 1 file that ends in the middle of a line",
  );
  expect(readingSummary({ ...report, malformed: 2, missingStart: 2, cutRecords: 3 }, 1)).toMatch(
    /2 lines that are no records, 2 events that are not whole, 3 records cut from too long events$/u,
  );
});
