import type { CpuProfile, Split } from "../profile/cpu-profile.ts";
import { partsOf, stackWeights } from "./parts.ts";
import { visibleText } from "./visible-text.ts";

/** How stacks are folded. */
export interface FoldedOptions {
  /** What the root frame names: the command, the task, or (default) nothing. */
  readonly split?: Split;
}

/**
 * Folded stacks, as flamegraph.pl, inferno and speedscope read them: a line for each stack, root first, joined by `;`, then
 * a space and nanoseconds of CPU time. A `;` within a name and what cannot be seen is written `\uNNNN`. Without samples it
 * is empty.
 */
export function toFolded(profile: CpuProfile, options: FoldedOptions = {}): string {
  const { split = "merged" } = options;
  const names = profile.frames.map(({ name }) => foldedName(name));
  const lines = new Map<string, number>();
  for (const part of partsOf(profile, split)) {
    const root = split === "merged" ? [] : [foldedName(part.name)];
    for (const { stack, weightNs } of stackWeights(part.samples)) {
      const frames = (profile.stacks[stack] ?? []).map((frame) => names[frame] ?? "[unknown]");
      const path = [...root, ...(frames.length === 0 ? ["[unknown]"] : frames)].join(";");
      lines.set(path, (lines.get(path) ?? 0) + weightNs);
    }
  }
  return [...lines].map(([path, weightNs]) => `${path} ${Math.round(weightNs)}\n`).join("");
}

/** A name that is one frame of one line: readers trim spaces at its ends, and know no empty one. */
function foldedName(name: string): string {
  return visibleText(name, ";").trim() || "[unknown]";
}
