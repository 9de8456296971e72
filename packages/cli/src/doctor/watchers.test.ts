import { expect, test } from "vitest";
import { UsageError } from "../usage-error.ts";
import { DOCTOR_HELP, parseDoctorArguments } from "./doctor-arguments.ts";
import { judge, WATCHER_NAMES, WATCHERS } from "./watchers.ts";

test("judge() says no without what is needed, and in part without what makes it full", () => {
  const needed = { role: "needed", ok: true } as const;
  const full = { role: "full", ok: true } as const;
  expect(judge([needed, full])).toBe("yes");
  expect(judge([needed, { ...full, ok: false }])).toBe("degraded");
  expect(judge([{ ...needed, ok: false }, full])).toBe("no");
  expect(judge([needed, { role: "extra", ok: false }])).toBe("yes");
});

test("no two probes share a name, and every name is one word", () => {
  const probes = new Set(WATCHERS.flatMap(({ probes }) => probes.map(([, probe]) => probe)));
  const names = [...probes].map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z-]+$/u);
});

test("parseDoctorArguments() looks at every watcher unless told which", () => {
  const names = (...args: string[]): string[] =>
    parseDoctorArguments(args).watchers.map(({ name }) => name);
  expect(names()).toEqual(WATCHER_NAMES);
  expect(names("--json", "--watcher", "profile,audit", "--watcher=profile")).toEqual([
    "audit",
    "profile",
  ]);
});

test("parseDoctorArguments() names what is wrong and what would be right", () => {
  const refuse = (...args: string[]) => expect(() => parseDoctorArguments(args));
  refuse("--watcher", "prof").toThrow(
    'there is no watcher "prof"; there is: proc-events, delayacct',
  );
  refuse("--watcher", "").toThrow('there is no watcher ""');
  refuse("--jsn").toThrow(UsageError);
  refuse("audit").toThrow(UsageError);
});

test("DOCTOR_HELP names every watcher and fits 120 columns", () => {
  for (const name of WATCHER_NAMES) expect(DOCTOR_HELP).toContain(name);
  for (const line of DOCTOR_HELP.split("\n")) expect(line.length).toBeLessThanOrEqual(120);
});
