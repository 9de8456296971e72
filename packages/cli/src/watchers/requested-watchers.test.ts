import { expect, test } from "vitest";
import { requestedWatchers } from "./requested-watchers.ts";

test("requestedWatchers() loads a watcher for each option that is of no use without it, once", () => {
  expect(requestedWatchers({}).names).toEqual([]);
  expect(requestedWatchers({ "enable-audit": true }).names).toEqual(["audit"]);
  expect(requestedWatchers({ with: ["audit"], "audit-log": "a.log" }).names).toEqual(["audit"]);
  expect(
    requestedWatchers({ with: ["./mine.js"], "enable-delayacct": true, pprof: "p" }).names,
  ).toEqual(["./mine.js", "delayacct", "profile"]);
});

test("requestedWatchers() has what is wanted of audit", () => {
  const { audit } = requestedWatchers({ "audit-log": "a.log", "audit-log-bytes": "4096" });
  expect(audit).toEqual({ enable: false, log: "a.log", logBytes: 4096 });
  expect(requestedWatchers({ with: ["audit"] }).audit).toBeUndefined();
});

test("requestedWatchers() has the files of a profile by format, divided by command unless told otherwise", () => {
  const { profile } = requestedWatchers({ pprof: "a", "trace-event": "b", frequency: "499" });
  expect(profile).toEqual({
    frequencyHz: 499,
    split: "command",
    files: new Map([
      ["pprof", "a"],
      ["trace-event", "b"],
    ]),
  });
  expect(requestedWatchers({ folded: "f", split: "task" }).profile?.split).toBe("task");
});

test("requestedWatchers() names what is wrong and what would be right", () => {
  const refusal = (values: Parameters<typeof requestedWatchers>[0]) => () =>
    requestedWatchers(values);
  expect(refusal({ frequency: "many" })).toThrow('--frequency must be a whole number, got "many"');
  expect(refusal({ frequency: "0" })).toThrow("--frequency must be at least 1, got 0");
  expect(refusal({ split: "user", folded: "f" })).toThrow(
    '--split must be merged, command, task, got "user"',
  );
  expect(refusal({ split: "task" })).toThrow(/--split .* --flamegraph FILE/u);
  expect(refusal({ "audit-log-bytes": "1" })).toThrow(/--audit-log FILE/u);
  expect(refusal({ flamegraph: "" })).toThrow("--flamegraph needs a file name");
  expect(refusal({ with: [","] })).toThrow(/--with needs a value/u);
});
