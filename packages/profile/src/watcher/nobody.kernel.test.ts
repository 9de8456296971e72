// Needs of the kernel: perf events, the process events connector (any user since Linux 6.6); root, to become nobody; a C
// compiler; kernel.perf_event_paranoid 2, as most systems have it.
import {
  asNobody,
  compiler,
  initialNamespaces,
  installed,
  kernel,
  kernelTest,
  type Need,
  root,
} from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { kernelSetting } from "@task-watchers/perf";
import { busyProgram } from "./run-profiled.fixture.ts";

const paranoid2: Need = {
  name: "kernel.perf_event_paranoid 2",
  isMet: () => kernelSetting("perf_event_paranoid") === 2,
  excuses: true,
};
const NEEDS = [kernel("6.6"), initialNamespaces, root, compiler, paranoid2];

/** Profiles a command, by a target; prints the result's parts and the notes, or the module's error. */
const PROGRAM = `
import { spawn } from "node:child_process";
import { TaskWatchers } from "@task-watchers/chain";
import { createProfile } from "@task-watchers/profile";
import { watchTasks } from "@task-watchers/tasks";
const [kind, pages, ...command] = process.argv.slice(1);
const watchers = new TaskWatchers();
const module = createProfile({ target: { kind }, frequencyHz: 499, ringPages: Number(pages) });
watchers.load(module);
const lines = [];
const watch = await watchTasks({ watchers, onLine: (line) => lines.push(line) });
const [listing] = watchers.list();
const child = spawn(command[0], command.slice(1));
watch.follow(child.pid);
await watch.whenIdle();
await watch.close();
const { frames, stacks, samples, notes } = module.result() ?? {};
const own = lines.find(({ pid }) => pid === child.pid);
console.log(JSON.stringify({ listing, own, notes, kinds: frames?.map(({ kind }) => kind), samples: samples?.length }));
`;

interface Printed {
  readonly listing: { readonly state: string; readonly error?: string };
  readonly own?: Record<string, string>;
  readonly notes?: string[];
  readonly kinds?: string[];
  readonly samples?: number;
}

interface RunAs {
  readonly capabilities?: Parameters<typeof asNobody>[2];
  readonly ringPages?: number;
}

function run(kind: "descent" | "host", { capabilities = [], ringPages = 16 }: RunAs = {}): Printed {
  const script = `cd '${installed("profile")}' && exec '${process.execPath}' --input-type=module -e "$0" "$@"`;
  const command = [kind, String(ringPages), busyProgram(), "300"];
  const ended = asNobody("sh", ["-c", script, PROGRAM, ...command], capabilities);
  expect(ended).toMatchObject({ status: 0, stderr: "" });
  return JSON.parse(ended.stdout) as Printed;
}

kernelTest(
  "Nobody gets user stacks of what he starts, and is told that it is only those",
  NEEDS,
  () => {
    const { listing, own, notes, kinds, samples } = run("descent");
    expect(listing.state).toBe("open");
    expect(samples).toBeGreaterThan(100);
    expect(own).toMatchObject({ type: "samples", kernelNs: "0" });
    expect(Number(own?.["cpuNs"])).toBeGreaterThan(200e6);
    expect(kinds).toContain("user");
    expect(kinds).not.toContain("kernel");
    expect(notes?.join("\n")).toContain("only time in user space is sampled");
    expect(notes?.join("\n")).toContain("CAP_PERFMON");
  },
);

kernelTest("Nobody cannot sample the host, and is told of CAP_PERFMON", NEEDS, () => {
  const { listing, samples } = run("host");
  expect(listing).toMatchObject({ state: "failed" });
  expect(listing.error).toContain("needs CAP_PERFMON");
  expect(listing.error).toContain("kernel.perf_event_paranoid is 2");
  expect(samples).toBeUndefined();
});

for (const kind of ["descent", "host"] as const) {
  kernelTest(`With CAP_PERFMON and nothing else there is all of it: ${kind}`, NEEDS, () => {
    const { listing, own, notes, samples } = run(kind, { capabilities: ["CAP_PERFMON"] });
    expect(listing.state).toBe("open");
    expect(samples).toBeGreaterThan(100);
    expect(Number(own?.["cpuNs"])).toBeGreaterThan(200e6);
    expect(notes?.join("\n")).not.toContain("only time in user space");
  });
}

kernelTest("Rings of more memory than nobody may lock are smaller, and that is said", NEEDS, () => {
  const { listing, notes, samples } = run("descent", { ringPages: 65_536 });
  expect(listing.state).toBe("open");
  expect(samples).toBeGreaterThan(100);
  expect(notes?.join("\n")).toMatch(/rings have \d+ pages instead of 65536/u);
});
