import { formatDuration } from "../report/format.ts";
import type { UserName } from "./columns.ts";
import { ageText, bytesText, percentText } from "./figures-text.ts";
import type { LiveTask } from "./live-tasks.ts";
import { inLines } from "./text-width.ts";

/** Ancestors that are named. */
const ANCESTORS = 12;
const LABEL = 11;

/** All that is known of one task, in lines of so many columns. */
export function inspectionLines(
  task: LiveTask,
  nowNs: bigint,
  user: UserName,
  columns: number,
): string[] {
  const facts = factsOf(task, nowNs, user);
  return facts.flatMap(([label, text]) =>
    inLines(text, columns - LABEL - 2).map(
      (line, i) => ` ${(i === 0 ? label : "").padEnd(LABEL)} ${line}`,
    ),
  );
}

function factsOf(task: LiveTask, nowNs: bigint, user: UserName): [label: string, text: string][] {
  const { end, figures, euid } = task;
  const ageNs = end?.durationNs ?? (end?.timeNs ?? nowNs) - task.startNs;
  const thread = task.pid === task.tgid ? "" : `, a thread of ${task.tgid}`;
  const living = [...task.children].filter((child) => child.end === undefined).length;
  return [
    ["command", task.command],
    ["pid", `${task.pid}, child of ${task.ppid}${thread}; ${task.id} on this boot`],
    ["ancestors", ancestors(task)],
    ["user", euid === undefined ? "not known" : `${user(euid)} (${euid})`],
    ["age", ageText(ageNs > 0n ? ageNs : 0n)],
    ["end", end === undefined ? "it lives" : end.text],
    ["programs", `${task.execs} run`],
    ["children", `${living} alive`],
    ...(figures === undefined
      ? [["figures", "it was not looked at: it lived too short"] as [string, string]]
      : figuresOf(figures)),
    ["executable", task.exe ?? "not known"],
    ["folder", task.cwd ?? "not known"],
    ["cgroup", task.cgroup ?? "not known"],
  ];
}

function figuresOf(figures: NonNullable<LiveTask["figures"]>): [label: string, text: string][] {
  const { rates } = figures;
  const now = (part: number | undefined): string =>
    part === undefined ? "" : `; ${percentText(part)} % now`;
  return [
    ["CPU", `${formatDuration(BigInt(Math.round(figures.cpuNs)))}${now(rates?.cpu)}`],
    ["waited", `${formatDuration(BigInt(Math.round(figures.waitNs)))}${now(rates?.wait)}`],
    ["storage", figures.ioBytes === undefined ? "not permitted" : bytesText(figures.ioBytes)],
    ["memory", bytesText(figures.rssBytes)],
    ["threads", `${figures.threads}, state ${figures.state}`],
  ];
}

function ancestors(task: LiveTask): string {
  const names: string[] = [];
  for (let here = task.parent; here && names.length < ANCESTORS; here = here.parent) {
    names.unshift(`${here.pid} ${here.command.split(" ")[0] ?? ""}`);
  }
  return names.length === 0 ? "none that is watched" : names.join(" › ");
}
