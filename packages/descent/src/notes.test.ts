import { expect, test } from "vitest";
import { PerfUnavailableError } from "@task-watchers/perf";
import { notesAbout } from "./notes.ts";

test("notesAbout() names the reason and the remedy where perf is refused", () => {
  const refusal = new PerfUnavailableError("EPERM", "it is forbidden", "allow it");
  const notes = notesAbout({ byRecords: false, refusal, exits: true });
  expect(notes[0]).toContain("it is forbidden (EPERM); allow it: forks are learned when");
});

test("notesAbout() says what is missing when ends are not stopped", () => {
  const notes = notesAbout({ byRecords: true, refusal: undefined, exits: false });
  expect(notes[0]).toContain("ends are not stopped");
});
