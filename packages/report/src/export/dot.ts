import { commandLine } from "../model/command.ts";
import { hasFailed } from "../model/outcome.ts";
import type { ModelTask, TraceModel } from "../model/trace-model.ts";
import { endText } from "./ends.ts";
import { type Export, Pieces } from "./export.ts";
import { count, durationText } from "./figures.ts";
import { familyOf, inTreeOrder, programNames, type TaskFamily } from "./task-order.ts";
import { cut, visibleText } from "./visible-text.ts";

/** Siblings without children that run the same program and are more than these become one node. */
const FOLDED_FROM = 8;
/** Characters of a command line in a node, and in its tooltip. */
const LABEL_CHARACTERS = 60;
const TOOLTIP_CHARACTERS = 1000;

/** The tree of tasks for Graphviz: `dot -Tsvg`. Many siblings that run one program are one node, failed ones apart. */
export const writeDot: Export = async (model, write) => {
  const pieces = new Pieces(write);
  const names = programNames(model);
  const family = familyOf(model);
  await pieces.add(HEAD);
  const folded = new Set<number>();
  for (const { task } of inTreeOrder(family)) {
    if (!folded.has(task.index)) {
      const full = pieces.add(node(model, task));
      if (full) await full;
    }
    for (const group of foldable(family, task, names)) {
      for (const { index } of group) folded.add(index);
      const full = pieces.add(groupNode(task, group, names));
      if (full) await full;
    }
  }
  await pieces.add("}\n");
  await pieces.flush();
};

const HEAD = `digraph tasks {
  rankdir=LR;
  node [shape=box, style="rounded,filled", fillcolor="#f4f6f8", fontname="sans-serif", fontsize=10];
  edge [color="#8a94a0", arrowsize=0.6];
`;

const FAILED = ', fillcolor="#fde3e1", color="#b3261e"';

function node(model: TraceModel, task: ModelTask): string {
  const command = visibleText(commandLine(model, task));
  const figures = `${task.pid} · ${durationText(task.endNs - task.startNs)} · ${endText(task)}`;
  const label = `${quotable(cut(command, LABEL_CHARACTERS))}\\n${quotable(figures)}`;
  const tooltip = quotable(cut(command, TOOLTIP_CHARACTERS));
  const look = hasFailed(task) ? FAILED : "";
  const made = `  t${task.index} [label="${label}", tooltip="${tooltip}"${look}];\n`;
  return task.parent < 0 ? made : `${made}  t${task.parent} -> t${task.index};\n`;
}

function groupNode(
  parent: ModelTask,
  group: readonly ModelTask[],
  names: readonly string[],
): string {
  const first = group[0];
  if (first === undefined) return "";
  const name = visibleText(names[first.index] ?? "?");
  const totalNs = group.reduce((sum, { startNs, endNs }) => sum + endNs - startNs, 0);
  const label = `${quotable(cut(name, LABEL_CHARACTERS))}\\n${count(group.length, "task")} · ${durationText(totalNs)} in all`;
  const look = hasFailed(first) ? FAILED : "";
  return `  g${first.index} [label="${label}", peripheries=2${look}];\n  t${parent.index} -> g${first.index};\n`;
}

function foldable(
  { children }: TaskFamily,
  task: ModelTask,
  names: readonly string[],
): ModelTask[][] {
  const groups = new Map<string, ModelTask[]>();
  for (const child of children.get(task.index) ?? []) {
    if (children.has(child.index)) continue;
    const key = `${hasFailed(child) ? "failed" : "ended"} ${names[child.index]}`;
    const group = groups.get(key);
    if (group) group.push(child);
    else groups.set(key, [child]);
  }
  return [...groups.values()].filter((group) => group.length > FOLDED_FROM);
}

/** Inside a quoted string: a backslash begins an escape there, and `&` an entity. */
function quotable(text: string): string {
  return text
    .replaceAll("\\", "\\\\")
    .replaceAll('"', String.raw`\"`)
    .replaceAll("&", "&amp;");
}
