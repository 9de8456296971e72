// Needs of the kernel: audit, with CAP_AUDIT_READ and CAP_AUDIT_CONTROL, in the initial namespaces; process events, seccomp user notification.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { capability, initialNamespaces, installed, kernelTest } from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { keepingAudit } from "../client/audit-state.fixture.ts";

const NEEDS = [
  initialNamespaces,
  capability("CAP_AUDIT_READ"),
  capability("CAP_AUDIT_CONTROL"),
  capability("CAP_NET_ADMIN"),
];

/** What stops execs cannot be had from here: it is there where our command is installed. */
const PROGRAM = `
import { createAudit } from "@task-watchers/audit";
import { notifierFromErrno, TaskWatchers } from "@task-watchers/chain";
import { stopExecs } from "@task-watchers/exec-stop/watch";
import { watchTasks } from "@task-watchers/tasks";

const command = JSON.parse(process.argv[1]);
const watchers = new TaskWatchers({ onError: (error) => console.error(error) });
const audit = createAudit({ enable: true });
watchers.load(audit);
const refuse = ({ stopped, exe }) => (stopped && exe.endsWith("/false") ? notifierFromErrno(-13) : 0);
// One before audit, which does not hear of what that refuses; one behind it.
const early = (event) => (event.exe === "/usr/bin/false" ? refuse(event) : 0);
watchers.chain.register({ name: "early", priority: 9, exec: early });
watchers.chain.register({ name: "late", priority: -9, exec: refuse });
const told = { execs: [], failed: [], kept: 0, unkept: 0 };
audit.listen(({ execs, failedExecs, unkeptExecs }) => {
  told.kept += execs.length;
  told.unkept += unkeptExecs;
  for (const { event, facts } of execs) told.execs.push([event.argv, facts?.argv]);
  for (const { errno, paths } of failedExecs) told.failed.push(errno + " " + paths[0]?.name);
});
const watch = await watchTasks({ watchers });
const stop = await stopExecs(watch);
const out = ["ignore", "ignore", "ignore"];
const env = { PATH: "/usr/bin:/bin" };
await (await stop.spawn("/bin/sh", ["-c", ...command], { stdio: out, env })).ended;
await watch.whenIdle();
await stop.close();
const lost = watch.counters().connector.lost;
await watch.close();
console.log(JSON.stringify({ ...told, lost, counters: audit.status().counters }));
`;

interface Told {
  /** As the chain and the records have them. */
  readonly execs: ReadonlyArray<readonly [told: unknown, recorded: unknown]>;
  readonly failed: readonly string[];
  readonly kept: number;
  readonly unkept: number;
  readonly lost: number;
  readonly counters: Readonly<Record<string, number>>;
}

/** Runs a shell script whose execs are stopped. */
function stopped(...script: readonly string[]): Told {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["--input-type=module", "-e", PROGRAM, JSON.stringify(script)],
    { cwd: installed("audit", "chain", "exec-stop", "tasks"), encoding: "utf8" },
  );
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

/**
 * The records say the same as the chain, of every exec unless something was lost.
 *
 * @returns whether nothing was
 */
function expectPairs({ execs, counters, lost }: Told): boolean {
  const recorded = execs.filter(([, argv]) => argv !== undefined);
  expect(recorded.map(([, argv]) => argv)).toEqual(recorded.map(([argv]) => argv));
  const { recordsLost, lostInKernel, unrecorded, ambiguous } = counters;
  if (lost + Number(recordsLost) + Number(lostInKernel) > 0) return false;
  expect({ unrecorded, ambiguous }).toEqual({ unrecorded: 0, ambiguous: 0 });
  expect(recorded).toHaveLength(execs.length);
  return true;
}

kernelTest("Every exec that was stopped has its own record: 200 processes", NEEDS, async () => {
  await keepingAudit(async () => {
    const told = stopped("i=0; while [ $i -lt 200 ]; do /bin/true $i; i=$((i+1)); done");
    if (expectPairs(told)) expect(told.kept).toBe(201);
  });
});

kernelTest(
  "Every exec that was stopped has its own record: 1,100 of one process",
  NEEDS,
  async () => {
    await keepingAudit(async () => {
      const body = '[ "$0" -lt 1100 ] && exec /bin/sh -c "$1" $(($0 + 1)) "$1"; exit 0';
      const told = stopped(body, "1", body);
      if (!expectPairs(told)) return;
      expect(told.kept + told.unkept).toBe(1100);
      expect(told.kept).toBeGreaterThan(900);
    });
  },
);

kernelTest("Stopped execs that fail or are refused leave no pair behind", NEEDS, async () => {
  const folder = mkdtempSync(join(tmpdir(), "audit-"));
  const script = join(folder, "script");
  writeFileSync(script, "#!/nosuch/interpreter\n", { mode: 0o755 });
  try {
    await keepingAudit(async () => {
      const told = stopped(
        // A search that finds, one that does not, one refused by who is asked before us, one by who is asked after us.
        `env PATH=/nosuch:/usr/bin true; env PATH=/nosuch nothing; /usr/bin/false; /bin/false
         "$0"; /bin/true; exec /bin/echo`,
        script,
      );
      if (!expectPairs(told)) return;
      const programs = told.execs.map(([argv]) => Array.isArray(argv) && argv[0]);
      expect(programs.toSorted()).toEqual(
        ["/bin/echo", "/bin/sh", "/bin/true", "env", "env", "true"].toSorted(),
      );
      // A refused exec has no record: the kernel asks seccomp before audit.
      expect(told.failed.toSorted()).toEqual(
        [`ENOENT ${script}`, "ENOENT /nosuch/nothing"].toSorted(),
      );
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const SCRIPT = `i=0; while [ $i -lt 200 ]; do /bin/true $i; i=$((i+1)); done
env PATH=/nosuch:/usr/bin true; /bin/false; /nosuch/x; exec /bin/echo`;

for (const [options, execs] of [
  [["--source", "stop"], 205],
  [["--deny", "false"], 204],
  [["--no-exec-stop"], 205],
] as const) {
  kernelTest(`run ${options.join(" ")} misses no record of an exec`, NEEDS, async () => {
    await keepingAudit(async () => {
      const folder = mkdtempSync(join(tmpdir(), "audit-"));
      const trace = join(folder, "trace");
      const main = join(installed("cli"), "node_modules/task-watchers/dist/main.js");
      const { stderr } = spawnSync(
        process.execPath,
        [
          ...[main, "run", "--with", "audit", "--enable-audit", "--json", trace, ...options],
          ...["--", "/bin/sh", "-c", SCRIPT],
        ],
        { encoding: "utf8" },
      );
      const lines = readFileSync(trace, "utf8").trimEnd().split("\n");
      rmSync(folder, { recursive: true });
      const summary = JSON.parse(lines.at(-1) ?? "");
      const { counters } = summary.modules[0].status;
      const { recordsLost, lostInKernel, unrecorded, ambiguous } = counters;
      if (summary.counters.connector.lost + recordsLost + lostInKernel > 0) return;
      expect({ unrecorded, ambiguous }).toEqual({ unrecorded: 0, ambiguous: 0 });
      expect(stderr).not.toContain("missing:");
      const told: ReadonlyArray<Readonly<Record<string, unknown>>> = lines.map((line) =>
        JSON.parse(line),
      );
      const records = told.filter(
        ({ syscallName, success }) => syscallName === "execve" && success === true,
      );
      expect(records).toHaveLength(execs);
    });
  });
}
