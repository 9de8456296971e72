// @ts-check
import { expect, test } from "vitest";
import { countSeen } from "./seen.js";

test("countSeen() counts each argument once, however often it is shown", () => {
  const lines = [
    '{"type":"exec","argv":["/bin/true","bench-exec-1"]}',
    '{"type":"exec","argv":["/bin/true","bench-exec-1"]}',
    '{"type":"exec","argv":["/bin/true","bench-exec-12"]}',
  ];
  expect(countSeen(lines, /"type":"exec"/u)).toBe(2);
});

test("countSeen() leaves out lines that tell of something else, and arguments that are cut off", () => {
  const lines = [
    '{"type":"exit","argv":["/bin/true","bench-exec-1"]}',
    '{"type":"exec","argv":["/bin/true","bench-exec-"]}',
    '{"type":"exec","missing":{"argv":"ENOENT"}}',
  ];
  expect(countSeen(lines, /"type":"exec"/u)).toBe(0);
});
