import type { Report } from "./report.ts";

/** A frame of the flame graph. The names of its fields are those that d3-flame-graph reads. */
export interface FlameFrame {
  readonly name: string;
  readonly kind: "all" | "program" | "function" | "kernel";
  readonly place: string;
  value: number;
  /** Time of its own, not in a frame below it. */
  self: number;
  tasks: number;
  readonly children: FlameFrame[];
}

/** Where the time is from. */
export type FlameSource = "samples" | "accounting";

/**
 * CPU time by programs, each below the one that started it, and below each the functions it was found in. Samples have no
 * stacks in a trace: of a task's functions it has the ten hottest.
 */
export function flameTree(report: Report, source: FlameSource): FlameFrame {
  const root = frame("all", "all", "");
  const index = new Map<FlameFrame, Map<string, FlameFrame>>();
  const child = (
    of: FlameFrame,
    name: string,
    kind: FlameFrame["kind"],
    place: string,
  ): FlameFrame => {
    let known = index.get(of);
    if (known === undefined) index.set(of, (known = new Map()));
    const key = `${kind}\n${name}\n${place}`;
    let made = known.get(key);
    if (made === undefined) {
      made = frame(name, kind, place);
      known.set(key, made);
      of.children.push(made);
    }
    return made;
  };
  for (const task of report.tasks) {
    const cpuNs = source === "samples" ? task.samples?.cpuNs : task.delays?.figures.onCpuNs;
    if (!cpuNs) continue;
    let here = root;
    here.value += cpuNs;
    here.tasks++;
    for (const program of programsAbove(report, task.index)) {
      here = child(here, program, "program", "");
      here.value += cpuNs;
      here.tasks++;
    }
    let left = cpuNs;
    if (source === "samples") {
      for (const { name, module, selfNs } of task.samples?.functions ?? []) {
        const isKernel = module.startsWith("[kernel");
        const leaf = child(here, name || "?", isKernel ? "kernel" : "function", module);
        const ns = Math.min(selfNs, left);
        leaf.value += ns;
        leaf.self += ns;
        leaf.tasks++;
        left -= ns;
      }
    }
    here.self += left;
  }
  return root;
}

function frame(name: string, kind: FlameFrame["kind"], place: string): FlameFrame {
  return { name, kind, place, value: 0, self: 0, tasks: 0, children: [] };
}

/** Programs from the root to a task; one that only forked is not named twice. */
function programsAbove(report: Report, index: number): string[] {
  const names: string[] = [];
  for (let here = index; here >= 0; here = report.task(here)?.parent ?? -1) {
    const name = report.names[here] ?? "?";
    if (names.at(-1) !== name) names.push(name);
  }
  return names.toReversed();
}
