import { Readiness } from "@task-watchers/linux";
import { explained } from "../load/explain.ts";
import { cpuSlots } from "../load/host.ts";
import { openArray, openRing, openSharedValue } from "../load/maps.ts";
import { attachProgram, loadProgram, type ProgramSource } from "../load/program.ts";
import { Resources } from "../load/resources.ts";
import { Ring } from "../ring/ring.ts";
import { BpfEvents } from "./bpf-events.ts";
import { assembleExecProgram, scratchBytes } from "./exec-program.ts";
import { assembleExitProgram } from "./exit-program.ts";
import { assembleForkProgram } from "./fork-program.ts";
import type { KernelLayout } from "./kernel-layout.ts";
import type { BpfEventsOptions, CheckedSizes } from "./options.ts";
import type { ProgramTarget } from "./program-parts.ts";
import { STATE_BYTES } from "./record-layout.ts";

/**
 * Makes the maps, loads and attaches the programs, and begins to read.
 *
 * @throws BpfUnavailableError with nothing left open
 */
export function startPrograms(
  layout: KernelLayout,
  options: BpfEventsOptions,
  sizes: CheckedSizes,
): BpfEvents {
  const resources = new Resources();
  try {
    return start(resources, layout, options, sizes);
  } catch (error) {
    resources.close();
    throw error;
  }
}

function start(
  resources: Resources,
  layout: KernelLayout,
  options: BpfEventsOptions,
  sizes: CheckedSizes,
): BpfEvents {
  const ring = explained("ring", () => openRing(resources, sizes.ringBytes));
  const state = explained("state", () => openSharedValue(resources, STATE_BYTES));
  const scratch = explained("memory for execs", () =>
    openArray(resources, scratchBytes(sizes.argvBytes), cpuSlots()),
  );
  const target: ProgramTarget = {
    layout,
    ring: ring.fd.number,
    state: state.fd.number,
    scratch: scratch.number,
    argvBytes: sizes.argvBytes,
    highWater: (sizes.ringBytes / 4) * 3,
  };
  const programs = lifePrograms(target).map((source) => ({
    name: source.name,
    fd: explained("programs", () => resources.add(loadProgram(source))),
  }));
  const events = new BpfEvents({
    resources,
    ring: new Ring(ring.memory),
    state: state.words,
    programs: programs.map(({ fd }) => fd),
    latencyMs: sizes.latencyMs,
    onEvent: options.onEvent,
    onLost: options.onLost,
  });
  const readiness = resources.add(new Readiness(ring.fd, () => wake()));
  const wake = events.begin(readiness);
  // Should attaching fail, its timers go too.
  resources.add(events);
  for (const { name, fd } of programs) {
    explained("attaching", () => resources.add(attachProgram(name, fd)));
  }
  closeOnAbort(resources, events, options.signal);
  return events;
}

function lifePrograms(target: ProgramTarget): ProgramSource[] {
  const { attachTo } = target.layout;
  const life = [
    ["fork", assembleForkProgram(target), attachTo.task_newtask],
    ["exec", assembleExecProgram(target), attachTo.sched_process_exec],
    ["exit", assembleExitProgram(target), attachTo.sched_process_exit],
  ] as const;
  return life.map(([name, instructions, to]) => ({
    name: `task_watch_${name}`,
    instructions,
    attachTo: to,
  }));
}

function closeOnAbort(resources: Resources, events: BpfEvents, signal?: AbortSignal): void {
  if (signal === undefined) return;
  const close = (): void => events.close();
  signal.addEventListener("abort", close, { once: true });
  resources.add({ close: () => signal.removeEventListener("abort", close) });
}
