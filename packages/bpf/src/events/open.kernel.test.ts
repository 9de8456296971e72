// Needs CAP_BPF and CAP_PERFMON in the initial namespaces, Linux 5.8; root to be nobody.
import { spawnSync } from "node:child_process";
import {
  asNobody,
  capability,
  initialNamespaces,
  installed,
  kernel,
  kernelTest,
  openDescriptors,
  root,
} from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { BpfRefusedError } from "../load/refused-error.ts";
import type { BpfEvent } from "./bpf-event.ts";
import { openBpfEvents } from "./open-bpf-events.ts";
import { run, watched } from "./watched.fixture.ts";

const needs = [kernel("5.8"), capability("CAP_BPF"), capability("CAP_PERFMON"), initialNamespaces];

type CapabilityName = Parameters<typeof capability>[0];

/** Opens, runs a program, closes, and says what came of it and what is still open. */
const SCRIPT = `
  const { openBpfEvents, splitArguments } = await import("@task-watchers/bpf");
  const { readdirSync, readlinkSync } = await import("node:fs");
  const { spawnSync } = await import("node:child_process");
  const bpf = () => readdirSync("/proc/self/fd").filter((fd) => {
    try { return /bpf/.test(readlinkSync("/proc/self/fd/" + fd)); } catch { return false; }
  }).length;
  try {
    const argv = [];
    const source = await openBpfEvents({
      onEvent: (event) => { if (event.type === "exec") argv.push(splitArguments(event.argv).join(" ")); },
    });
    spawnSync("/bin/true", ["seen"]);
    source.drain();
    const open = bpf();
    source.close();
    console.log(JSON.stringify({ seen: argv.includes("/bin/true seen"), open, left: bpf() }));
  } catch ({ name, code, remedy, message }) {
    console.log(JSON.stringify({ name, code, remedy, message, left: bpf() }));
  }`;

function tryAsNobody(capabilities: readonly CapabilityName[]): object {
  const args = ["-C", installed("bpf"), process.execPath, "--input-type=module", "-e", SCRIPT];
  const ended = asNobody("env", args, capabilities);
  return JSON.parse(ended.stdout || JSON.stringify(ended));
}

kernelTest("nobody with CAP_BPF and CAP_PERFMON can listen", [...needs, root], () => {
  const seen = tryAsNobody(["CAP_BPF", "CAP_PERFMON"]);
  expect(seen).toMatchObject({ seen: true, left: 0 });
  expect(seen).not.toMatchObject({ open: 0 });
});

const lacking: [CapabilityName[], string][] = [
  [[], "lacks CAP_BPF and CAP_PERFMON"],
  [["CAP_BPF"], "lacks CAP_PERFMON"],
  [["CAP_PERFMON"], "lacks CAP_BPF"],
];
for (const [capabilities, message] of lacking) {
  const who = capabilities.join() || "no capability";
  kernelTest(`nobody with ${who} is told what is missing`, [...needs, root], () => {
    expect(tryAsNobody(capabilities)).toMatchObject({
      name: "BpfUnavailableError",
      code: "EPERM",
      message: expect.stringContaining(message),
      remedy: expect.stringContaining("cap_bpf,cap_perfmon+ep"),
      left: 0,
    });
  });
}

kernelTest("in another pid namespace it refuses", [...needs, root], () => {
  const args = [
    "--pid",
    "--fork",
    "--mount-proc",
    process.execPath,
    "--input-type=module",
    "-e",
    SCRIPT,
  ];
  const { stdout } = spawnSync("unshare", args, { cwd: installed("bpf"), encoding: "utf8" });
  expect(JSON.parse(stdout)).toMatchObject({ code: "EPIDNS", left: 0 });
});

kernelTest("closing gives every descriptor back, and events end", needs, async () => {
  const before = openDescriptors();
  let told = 0;
  const source = await openBpfEvents({ onEvent: () => void told++ });
  expect(openDescriptors().filter((line) => /bpf/u.test(line)).length).toBeGreaterThanOrEqual(9);
  await run("/bin/true", []);
  source.drain();
  expect(told).toBeGreaterThan(0);
  source.close();
  source.close();
  const { counters } = source;
  expect(counters.told).toBe(told);
  expect(openDescriptors()).toEqual(before);
  await run("/bin/true", []);
  expect(source.drain()).toBe(0);
  expect(source.counters).toEqual(counters);
});

kernelTest("opened and closed thirty times, nothing is left", needs, async () => {
  const before = openDescriptors();
  for (let i = 0; i < 30; i++) (await openBpfEvents({ onEvent: () => {} })).close();
  expect(openDescriptors()).toEqual(before);
});

kernelTest("it may be closed, and drained, from its own callback", needs, async () => {
  const seen: BpfEvent[] = [];
  const drained: number[] = [];
  const source = await openBpfEvents({
    onEvent: (event) => {
      seen.push(event);
      drained.push(source.drain());
      source.close();
    },
  });
  await run("/bin/true", []);
  source.drain();
  expect(seen).toHaveLength(1);
  expect(drained).toEqual([0]);
});

kernelTest("a callback that throws loses nothing but the call", needs, async () => {
  const seen: BpfEvent[] = [];
  const source = await openBpfEvents({
    ringBytes: 67_108_864,
    latencyMs: 1000,
    onEvent: (event) => {
      seen.push(event);
      if (seen.length === 1) throw new Error("from the callback");
    },
  });
  try {
    // In one go, so that the event loop does not read before we do.
    const { pid } = spawnSync("/bin/true");
    expect(() => source.drain()).toThrow("from the callback");
    source.drain();
    const types = seen.filter((event) => event.pid === pid).map((event) => event.type);
    expect(types).toEqual(["fork", "exec", "exit"]);
    expect(new Set(seen).size).toBe(seen.length);
  } finally {
    source.close();
  }
});

kernelTest("an abort closes it; one from before opens nothing", needs, async () => {
  const before = openDescriptors();
  const controller = new AbortController();
  const source = await openBpfEvents({ onEvent: () => {}, signal: controller.signal });
  controller.abort();
  expect(openDescriptors()).toEqual(before);
  expect(source.drain()).toBe(0);
  await expect(openBpfEvents({ onEvent: () => {}, signal: AbortSignal.abort() })).rejects.toThrow(
    "aborted",
  );
});

kernelTest(
  "unref() lets the process end, and an open source does not crash it",
  [...needs, root],
  () => {
    const script = `
    const { openBpfEvents } = await import("@task-watchers/bpf");
    const source = await openBpfEvents({ onEvent: () => {}, latencyMs: 1 });
    source.unref();
    process.on("exit", () => console.log("ended"));`;
    const ended = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
      cwd: installed("bpf"),
      encoding: "utf8",
      timeout: 20_000,
    });
    expect(ended).toMatchObject({ status: 0, signal: null, stdout: "ended\n" });
  },
);

kernelTest("two sources at a time do not disturb each other", needs, async () => {
  await watched({}, async (one) => {
    await watched({}, async (other) => {
      const { pid } = await run("/bin/true", ["both"]);
      for (const { events } of [one, other]) {
        const types = events().filter((event) => event.pid === pid);
        expect(types.map((event) => event.type)).toEqual(["fork", "exec", "exit"]);
      }
    });
  });
});

kernelTest("a bad option is refused before anything is opened", [], async () => {
  const before = openDescriptors();
  await expect(openBpfEvents({ onEvent: () => {}, ringBytes: 1000 })).rejects.toThrow(RangeError);
  expect(openDescriptors()).toEqual(before);
  expect(new BpfRefusedError("p", "EPERM", "").message).not.toContain("verifier");
});
