import { expect, test } from "vitest";
import { type HostFacts, hostFacts } from "./host.ts";
import { lacks, withCapability } from "./refusal.ts";

const FIRST = { inode: 4_026_531_837, first: true };
const OTHER = { inode: 4_026_532_200, first: false };

/** This host as it would be with so many capabilities, in a user namespace, in a container. */
function host(facts: {
  readonly effective?: readonly string[];
  readonly bounding?: readonly string[];
  readonly user?: typeof FIRST;
  readonly container?: string;
}): HostFacts {
  const { effective = [], bounding = [], user = FIRST, container = null } = facts;
  const real = hostFacts();
  return {
    ...real,
    container,
    capabilities: { effective, bounding, all: false },
    namespaces: { ...real.namespaces, user },
  };
}

test("lacks() gives the command for a capability that can still be had", () => {
  const refusal = lacks("CAP_PERFMON", host({ bounding: ["CAP_PERFMON"] }));
  expect(refusal.reason).toBe("it wants CAP_PERFMON");
  expect(refusal.remedy).toBe(withCapability("CAP_PERFMON"));
  expect(refusal.remedy).toContain("--inh-caps=+perfmon --ambient-caps=+perfmon task-watchers");
});

test("lacks() names the container's option when the container took the capability away", () => {
  const refusal = lacks("CAP_AUDIT_READ", host({ container: "/.dockerenv is there" }));
  expect(refusal.remedy).toContain("--cap-add=AUDIT_READ");
});

test("lacks() says that a capability is gone for good outside of a container", () => {
  expect(lacks("CAP_BPF", host({})).reason).toContain("taken from this session for good");
});

test("lacks() does not send a user of a user namespace for a capability", () => {
  const refusal = lacks("CAP_BPF", host({ user: OTHER, effective: ["CAP_BPF"] }));
  expect(refusal.reason).toContain("first user namespace");
  expect(refusal.remedy).not.toContain("setpriv");
});

test("lacks() suspects a filter when the capability is in force", () => {
  expect(lacks("CAP_BPF", host({ effective: ["CAP_BPF"] })).reason).toContain("seccomp filter");
});
