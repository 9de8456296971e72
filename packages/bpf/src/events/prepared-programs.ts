import { readFileSync } from "node:fs";
import { Btf } from "../btf/btf.ts";
import { explained, noTypes } from "../load/explain.ts";
import { cpuSlots, inFirstPidNamespace } from "../load/host.ts";
import { openArray, openRing, openSharedValue } from "../load/maps.ts";
import { attachProgram, loadProgram, type ProgramSource } from "../load/program.ts";
import { Resources } from "../load/resources.ts";
import { BpfUnavailableError } from "../load/unavailable-error.ts";
import { Ring } from "../ring/ring.ts";
import { assembleExecProgram, scratchBytes } from "./exec-program.ts";
import { assembleExitProgram } from "./exit-program.ts";
import { assembleForkProgram } from "./fork-program.ts";
import { type KernelLayout, readKernelLayout } from "./kernel-layout.ts";
import type { CheckedSizes } from "./options.ts";
import type { ProgramTarget } from "./program-parts.ts";
import { STATE_BYTES } from "./record-layout.ts";
import type { RecordReaderParts } from "./record-reader.ts";

const TYPES = "/sys/kernel/btf/vmlinux";

/** Programs that the kernel has taken and that nothing runs yet. */
export interface PreparedPrograms {
  readonly parts: RecordReaderParts;
  /** Events happen from when this returns. @throws BpfUnavailableError, and then all is given back */
  attach(): void;
}

/** What the programs need to know of this kernel. @throws BpfUnavailableError */
export function kernelLayout(signal?: AbortSignal): KernelLayout {
  signal?.throwIfAborted();
  if (!inFirstPidNamespace()) {
    throw new BpfUnavailableError(
      "EPIDNS",
      "this process is in another pid namespace than the host's first, and would be told ids that mean nothing here",
      "run in the host's own pid namespace (for a container: --pid=host)",
    );
  }
  const types = readTypes();
  return explained("types", () => {
    const btf = new Btf(types);
    try {
      return readKernelLayout(btf);
    } finally {
      btf.letGo();
    }
  });
}

/** At once: the kernel gives a page at a time, and 1,400 turns of Node.js' thread pool take ten times as long as the calls. */
function readTypes(): Buffer {
  try {
    return readFileSync(TYPES);
  } catch (error) {
    throw noTypes(error);
  }
}

/** Makes the maps and loads the programs. @throws BpfUnavailableError with nothing left open */
export function preparePrograms(layout: KernelLayout, sizes: CheckedSizes): PreparedPrograms {
  const resources = new Resources();
  try {
    return prepare(resources, layout, sizes);
  } catch (error) {
    resources.close();
    throw error;
  }
}

function prepare(
  resources: Resources,
  layout: KernelLayout,
  sizes: CheckedSizes,
): PreparedPrograms {
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
  return {
    parts: {
      resources,
      ring: new Ring(ring.memory),
      ringFd: ring.fd,
      state: state.words,
      programs: programs.map(({ fd }) => fd),
      latencyMs: sizes.latencyMs,
    },
    attach() {
      try {
        for (const { name, fd } of programs) {
          explained("attaching", () => resources.add(attachProgram(name, fd)));
        }
      } catch (error) {
        resources.close();
        throw error;
      }
    },
  };
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
