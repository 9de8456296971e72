import { expect, test } from "vitest";
import { styleFor } from "../report/style.ts";
import type { Findings } from "./examine.ts";
import { formatFindings } from "./report.ts";

const FIRST = { inode: 4_026_531_837, first: true };
const PLAIN = styleFor({}, {});
const COLOURED = styleFor({}, { FORCE_COLOR: "1" });

const FINDINGS: Findings = {
  type: "doctor",
  schema: 1,
  version: "1.2.3",
  host: {
    node: "v20.19.0",
    kernel: "6.18.2",
    arch: "x64",
    user: { uid: 65_534, gid: 65_534, name: "nobody" },
    capabilities: { effective: [], bounding: [], all: false },
    namespaces: {
      net: FIRST,
      pid: FIRST,
      user: FIRST,
      ipc: FIRST,
      cgroup: FIRST,
      mnt: FIRST,
      time: FIRST,
    },
    container: null,
    hidepid: null,
    settings: {
      "net.core.rmem_max": 212_992,
      "kernel.task_delayacct": null,
      "kernel.perf_event_paranoid": 2,
      "kernel.kptr_restrict": 0,
      "kernel.unprivileged_bpf_disabled": 2,
    },
  },
  notes: ["this looks like a container: /.dockerenv is there"],
  watchers: [
    {
      name: "audit",
      state: "no",
      says: "audit records cannot be read",
      probes: [
        {
          role: "needed",
          name: "audit-read",
          title: "audit records",
          ok: false,
          detail: "setsockopt: EPERM",
          reason: "it wants CAP_AUDIT_READ",
          remedy: "type this",
          code: "EPERM",
          errno: -1,
        },
      ],
    },
    {
      name: "semundo",
      state: "yes",
      says: "semaphores can be held",
      probes: [
        { role: "needed", name: "semaphores", title: "one's own", ok: true, detail: "made" },
        { role: "extra", name: "semaphores-others", title: "of others", ok: false, detail: "no" },
      ],
    },
  ],
};

test("formatFindings() says what is missing, why, and what to type", () => {
  expect(formatFindings(FINDINGS, PLAIN)).toBe(`\
task-watchers 1.2.3 · Node.js v20.19.0 · Linux 6.18.2 x64
user: nobody (65534)
capabilities: none
settings: net.core.rmem_max=212992 kernel.task_delayacct=absent kernel.perf_event_paranoid=2
          kernel.kptr_restrict=0 kernel.unprivileged_bpf_disabled=2
note: this looks like a container: /.dockerenv is there

✗ audit: no – audit records cannot be read
    ✗ audit-read: audit records
        setsockopt: EPERM
        why: it wants CAP_AUDIT_READ
        do:  type this

✓ semundo: yes – semaphores can be held
    ✓ semaphores: one's own
        made
    ✗ semaphores-others: of others (not needed)
        no
`);
});

test("formatFindings() says the same in colour", () => {
  const coloured = formatFindings(FINDINGS, COLOURED);
  expect(coloured).toContain("\u001b[31m✗ audit: no\u001b[39m");
  expect(coloured.replace(/\u001b\[\d+m/gu, "")).toBe(formatFindings(FINDINGS, PLAIN));
});

test("formatFindings() lets no text of others act on the terminal", () => {
  const evil = "\u001b[2Jx\n";
  const { host } = FINDINGS;
  const text = formatFindings(
    {
      ...FINDINGS,
      notes: [evil],
      host: { ...host, kernel: evil, user: { ...host.user, name: evil } },
      watchers: [],
    },
    PLAIN,
  );
  expect(text).not.toContain("\u001b");
  expect(text.split("\n").length).toBe(
    formatFindings({ ...FINDINGS, watchers: [] }, PLAIN).split("\n").length,
  );
});

test("formatFindings() names the few capabilities that are held, or the few that are not", () => {
  const capabilities = (effective: readonly string[], all = false): string | undefined => {
    const host = { ...FINDINGS.host, capabilities: { effective, bounding: [], all } };
    return formatFindings({ ...FINDINGS, host }, PLAIN).split("\n")[2];
  };
  expect(capabilities(["CAP_BPF", "CAP_PERFMON"])).toBe("capabilities: CAP_BPF, CAP_PERFMON");
  expect(capabilities([], true)).toBe("capabilities: all");
});
