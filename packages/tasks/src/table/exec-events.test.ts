import { expect, test } from "vitest";
import type { ExecFacts } from "./exec-facts.ts";
import { ExecEvents } from "./exec-events.ts";

const WHOLE: ExecFacts = {
  ...{ source: "proc", exe: "/bin/ls", argv: ["ls", "-l"], cwd: "/", cgroup: "/init.scope" },
};
const GONE = { missing: "ENOENT" };

test.each<ExecFacts>([
  WHOLE,
  { ...WHOLE, argvTruncatedBytes: 17 },
  { exe: GONE, argv: GONE, cwd: GONE, cgroup: GONE },
  { ...WHOLE, source: "bpf", argv: [], cwd: GONE },
])("an exec's event says what is known, and nothing else: %o", (facts) => {
  const events = new ExecEvents();
  expect(events.make(7n, facts)).toStrictEqual({ type: "exec", timeNs: 7n, ...facts });
  expect(events.make(8n, facts, "reconciled")).toStrictEqual({
    ...{ type: "exec", timeNs: 8n, ...facts, synthetic: "reconciled" },
  });
});

test("an exec's event keeps arguments of its own", () => {
  const argv = ["ls"];
  const event = new ExecEvents().make(7n, { ...WHOLE, argv });
  argv.push("-l");
  expect(event.argv).toEqual(["ls"]);
});
