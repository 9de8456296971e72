import { expect, test } from "vitest";
import { auditControl, withoutAudit } from "./audit.ts";
import { hostFacts } from "../host.ts";

test.each(["audit=0", "quiet audit=off\n", "audit=OFF audit=1"])(
  "booted with %j, the kernel's command line is what has to be changed",
  (commandLine) => {
    expect(withoutAudit(commandLine, true)).toEqual({
      reason: "the kernel was booted with audit=0",
      remedy: "take audit=0 off the kernel's command line and reboot",
    });
  },
);

test.each([
  ["quiet", true],
  ["audit=1 xaudit=0 audit=0x", true],
  ["audit=0", false],
])("booted with %j, built with audit: %j, another kernel is needed", (commandLine, isBuiltIn) => {
  expect(withoutAudit(commandLine, isBuiltIn).remedy).toBe("use a kernel with CONFIG_AUDIT=y");
});

test("a refused connection is a user namespace's fault, and nobody's where it is the first", () => {
  const real = hostFacts();
  const refusal = (first: boolean | null) => {
    const user = { ...real.namespaces.user, first };
    const host = { ...real, namespaces: { ...real.namespaces, user } };
    return auditControl.explain?.("ECONNREFUSED", host)?.reason;
  };
  expect(refusal(false)).toContain("another user namespace");
  expect(refusal(null)).toContain("another user namespace");
  expect(refusal(true)).toBeUndefined();
});
