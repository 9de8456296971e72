// Needs of the kernel: Linux 6.6 and root, to be nobody with one capability, to change settings and to make namespaces.
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  initialNamespaces,
  kernel,
  kernelTest,
  nobodyCommand,
  root,
} from "@task-watchers/kernel-test";
import { afterAll, beforeAll, expect } from "vitest";
import type { CapabilityName } from "./capabilities.ts";
import { installedMain } from "../running.fixture.ts";
import type { Findings } from "./examine.ts";
import { withCapability } from "./refusal.ts";

const NEEDS = [kernel("6.6"), initialNamespaces, root];
const DOCUMENT = readFileSync(join(import.meta.dirname, "../../../../docs/privileges.md"), "utf8");

/** A line of the table. */
interface Row {
  readonly probe: string;
  /** One of them is enough, and of each all parts. */
  readonly alternatives: readonly (readonly Condition[])[];
  readonly namespaces: readonly string[];
}

type Condition =
  | { readonly kind: "nothing" }
  | { readonly kind: "capability"; readonly name: CapabilityName }
  | {
      readonly kind: "setting";
      readonly name: string;
      readonly is: string;
      readonly value: number;
    };

/** Who runs doctor, and where. */
interface Circumstances {
  readonly capability: string | "all" | "none";
  /** Kind of the namespace that is not the host's first. */
  readonly namespace?: string;
}

const ROWS = parseTable(DOCUMENT);

let dir = "";
let program: string[] = [];

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "privileges-"));
  chmodSync(dir, 0o755);
  program = [process.execPath, installedMain(), "doctor"];
});

afterAll(() => rmSync(dir, { recursive: true }));

kernelTest(
  "every probe of doctor has a row in docs/privileges.md, and every row a probe",
  NEEDS,
  () => {
    const probes = Object.keys(probesOf(findings(program)));
    expect(ROWS.map(({ probe }) => probe).sort()).toEqual(probes.sort());
  },
);

const capabilities = new Set(ROWS.flatMap(capabilitiesOf));
for (const capability of ["none", ...capabilities]) {
  kernelTest(`doctor finds what the table says, as nobody with ${capability}`, NEEDS, () => {
    const held = [...capabilities].filter((name) => name === capability);
    const command = nobodyCommand(program[0] ?? "", program.slice(1), held);
    expect(probesOf(findings(command))).toEqual(expected({ capability }));
  });
}

/** Options of unshare(1) for a namespace of each kind. */
const UNSHARE: Readonly<Record<string, readonly string[]>> = {
  net: ["--net"],
  pid: ["--pid", "--fork", "--mount-proc"],
  user: ["--user", "--map-root-user"],
  ipc: ["--ipc"],
  mnt: ["--mount"],
  cgroup: ["--cgroup"],
  time: ["--time"],
};

for (const [namespace, options] of Object.entries(UNSHARE)) {
  const title = `doctor finds what the table says, as root in another ${namespace} namespace`;
  kernelTest(title, NEEDS, () => {
    const found = findings(["unshare", ...options, "--", ...program]);
    expect(probesOf(found)).toEqual(expected({ capability: "all", namespace }));
    // mnt has a fixed number since 6.18 only, so nothing is said of it.
    const told =
      namespace === "mnt" ? [] : [expect.stringContaining(`another ${namespace} namespace`)];
    expect(found.notes.filter((note) => note.includes("namespace"))).toEqual(told);
    const refused = found.watchers.flatMap(({ probes }) => probes.filter(({ ok }) => !ok));
    for (const { reason, remedy } of refused) expect([reason, remedy]).not.toContain(undefined);
  });
}

/** Settings that may be changed on a host for the length of a test, with the values that matter. */
const SETTINGS: Readonly<Record<string, readonly number[]>> = {
  "kernel.perf_event_paranoid": [2, 1, 0],
  "kernel.task_delayacct": [0, 1],
};

for (const [setting, values] of Object.entries(SETTINGS)) {
  for (const value of values) {
    kernelTest(
      `doctor finds what the table says, as nobody with ${setting} ${value}`,
      NEEDS,
      () => {
        withSetting(setting, value, () => {
          const command = nobodyCommand(program[0] ?? "", program.slice(1));
          expect(probesOf(findings(command))).toEqual(expected({ capability: "none" }));
        });
      },
    );
  }
}

kernelTest("the command that doctor and the document name gives the capability", NEEDS, () => {
  const line = withCapability("CAP_NET_ADMIN");
  expect(DOCUMENT).toContain(`    ${line}\n`);
  const command = line
    .replace(/^sudo /u, "")
    .replaceAll(/\$\(id -[ug]\)/gu, "65534")
    .replace("task-watchers …", [...program, "--json"].join(" "));
  const { stdout } = spawnSync("sh", ["-c", command], { encoding: "utf8", cwd: "/" });
  expect(probesOf(JSON.parse(stdout) as Findings)).toEqual(
    expected({ capability: "CAP_NET_ADMIN" }),
  );
});

kernelTest("what is put in front of a command takes its ambient capabilities away", NEEDS, () => {
  const without = /`(setpriv --inh-caps=[^`]*)` in front/u.exec(DOCUMENT)?.[1] ?? "";
  const show = "grep CapEff /proc/self/status";
  const capEff = (command: string): string => {
    const [file = "", ...args] = nobodyCommand("sh", ["-c", command], ["CAP_NET_ADMIN"]);
    return spawnSync(file, args, { encoding: "utf8" }).stdout;
  };
  expect(capEff(show)).toContain("0000000000001000");
  expect(capEff(`${without} ${show}`)).toContain("0000000000000000");
});

kernelTest("a copy of Node.js with the capability has it for any user", NEEDS, () => {
  const copy = join(dir, "node-net-admin");
  copyFileSync(process.execPath, copy);
  expect(spawnSync("setcap", ["cap_net_admin+ep", copy]).status).toBe(0);
  const user = ["--reuid=65534", "--regid=65534", "--clear-groups"];
  const found = findings(["setpriv", ...user, "--", copy, ...program.slice(1)]);
  expect(probesOf(found)).toEqual(expected({ capability: "CAP_NET_ADMIN" }));
});

function findings(command: readonly string[]): Findings {
  const [file = "", ...args] = command;
  const { stdout, stderr, status } = spawnSync(file, [...args, "--json"], {
    encoding: "utf8",
    cwd: "/",
    timeout: 60_000,
  });
  expect([stderr, [0, 1].includes(status ?? -1)]).toEqual(["", true]);
  return JSON.parse(stdout) as Findings;
}

function probesOf({ watchers }: Findings): Record<string, boolean> {
  return Object.fromEntries(
    watchers.flatMap(({ probes }) => probes.map(({ name, ok }) => [name, ok])),
  );
}

function expected(circumstances: Circumstances): Record<string, boolean> {
  return Object.fromEntries(ROWS.map((row) => [row.probe, isAllowed(row, circumstances)]));
}

function isAllowed(row: Row, { capability, namespace = "" }: Circumstances): boolean {
  if (row.namespaces.includes(namespace)) return false;
  const holds = (condition: Condition): boolean => {
    if (condition.kind === "nothing") return true;
    if (condition.kind === "setting") return settingHolds(condition);
    return namespace !== "user" && (capability === "all" || capability === condition.name);
  };
  return row.alternatives.some((conditions) => conditions.every(holds));
}

function settingHolds(setting: { name: string; is: string; value: number }): boolean {
  const value = Number(readFileSync(pathOf(setting.name), "utf8"));
  if (setting.is === "=") return value === setting.value;
  return setting.is === "≥" ? value >= setting.value : value <= setting.value;
}

function withSetting(name: string, value: number, body: () => void): void {
  const before = readFileSync(pathOf(name), "utf8");
  try {
    writeFileSync(pathOf(name), String(value));
    body();
  } finally {
    writeFileSync(pathOf(name), before);
  }
}

function pathOf(setting: string): string {
  return `/proc/sys/${setting.replaceAll(".", "/")}`;
}

function capabilitiesOf(row: Row): CapabilityName[] {
  return row.alternatives.flat().flatMap((one) => (one.kind === "capability" ? [one.name] : []));
}

/** The rows of the one table. */
function parseTable(markdown: string): Row[] {
  const lines = markdown.split("\n").filter((line) => line.startsWith("| ") && line.includes("`"));
  return lines.map((line) => {
    const [, , needs = "", namespaces = "", probe = ""] = line.split("|");
    return {
      probe: /^`([\w-]+)`$/u.exec(probe.trim())?.[1] ?? `no probe in: ${line}`,
      alternatives: needs.split(" or ").map((part) => part.split(" and ").map(parseCondition)),
      namespaces: [...namespaces.matchAll(/`(\w+)`/gu)].map(([, name = ""]) => name),
    };
  });
}

function parseCondition(text: string): Condition {
  const [, name = "", is = "", value = ""] =
    /^`([\w.]+)`(?: ([=≤≥]) (\d+))?$/u.exec(text.trim()) ?? [];
  if (name === "nothing") return { kind: "nothing" };
  if (/^CAP_[A-Z_]+$/u.test(name)) return { kind: "capability", name: name as CapabilityName };
  if (is !== "") return { kind: "setting", name, is, value: Number(value) };
  throw new Error(`cannot read what is needed: "${text}"`);
}
