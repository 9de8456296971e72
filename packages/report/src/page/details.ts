import { shellCall } from "../model/command.ts";
import { bytes, count, duration } from "../model/format.ts";
import type { ModelExec, ModelTask } from "../model/trace-model.ts";
import { at, button, copyText, element, fill } from "./dom.ts";
import { figuresOf, sharesOf } from "./details-figures.ts";
import { auditList, facts, functionTable, section } from "./details-parts.ts";
import type { Report } from "./report.ts";
import type { Store } from "./store.ts";

/** Children that are named. */
const CHILDREN = 25;

const CLOCK = {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
} as const;

/** What a task is asked to do from its panel. */
export interface DetailActions {
  /** Shows a task in the timeline. */
  zoomTo(index: number): void;
  choose(index: number): void;
}

/** The panel of the chosen task. */
export function setUpDetails(report: Report, store: Store, actions: DetailActions): void {
  const panel = at("details");
  store.on("selected", () => {
    const task = report.task(store.selected);
    panel.hidden = task === undefined;
    document.body.classList.toggle("with-details", task !== undefined);
    if (task === undefined) return;
    fill(panel, content(report, store, task, actions));
    panel.scrollTop = 0;
    at("spoken").textContent =
      `${report.names[task.index]}, ${outcome(task)}, ${duration(task.endNs - task.startNs)}`;
  });
}

function content(
  report: Report,
  store: Store,
  task: ModelTask,
  actions: DetailActions,
): (Node | false | undefined)[] {
  const { index } = task;
  const exec = task.execs.at(-1);
  const close = button("✕", { class: "close", "aria-label": "Close", title: "Close (Esc)" }, () =>
    store.select(-1),
  );
  const tone = report.hasFailed(index) ? "badge bad" : task.exit ? "badge good" : "badge";
  return [
    element(
      "header",
      {},
      element("h2", {}, report.names[index] ?? ""),
      element("span", { class: tone }, outcome(task)),
      close,
    ),
    element("pre", { class: "command" }, report.line(index)),
    element(
      "div",
      { class: "actions" },
      exec && copyButton(exec),
      button("Zoom to it", { title: "Show it in the timeline (z)" }, () => actions.zoomTo(index)),
      task.parent >= 0 && button("Parent", {}, () => actions.choose(task.parent)),
    ),
    factsOf(report, task),
    sharesOf(report, task),
    section("What it ran", task.execs.length > 1 && task.execs.map((exec) => execItem(exec))),
    section(
      "Execs that failed",
      task.failedExecs.map(({ timeNs, path, argv, code, refusedBy, isUncertain }) =>
        element(
          "li",
          {},
          `${duration(timeNs)}: ${path ?? argv?.[0] ?? "?"} ${code ?? ""}${
            refusedBy === undefined ? "" : `, refused by ${refusedBy}`
          }${isUncertain ? ", it seems" : ""}`,
        ),
      ),
    ),
    section(
      "Ids",
      task.ids.length > 0 &&
        task.ids.map(({ timeNs, ruid, euid, rgid, egid }) =>
          element(
            "li",
            {},
            `${duration(timeNs)}: user ${pair(ruid, euid)}, group ${pair(rgid, egid)}`,
          ),
        ),
    ),
    section(
      "Also",
      task.marks.map(({ timeNs, type, text }) =>
        element("li", {}, `${duration(timeNs)}: ${type}: ${text}`),
      ),
    ),
    figuresOf(task),
    functionTable(task),
    auditList(task),
    childrenOf(report, task, actions),
  ];
}

function copyButton(exec: ModelExec): HTMLElement | undefined {
  const call = shellCall(exec);
  if (call === undefined) return undefined;
  const made = button("Copy as shell command", { class: "main", "data-call": call }, async () => {
    made.textContent = (await copyText(call)) ? "Copied" : "The browser does not let us copy";
    setTimeout(() => (made.textContent = "Copy as shell command"), 1500);
  });
  return made;
}

function outcome({ exit, existing }: ModelTask): string {
  if (exit === undefined) return existing ? "there before, no end seen" : "no end seen";
  const core = exit.coreDumped ? ", core dumped" : "";
  if (exit.signal !== undefined) return `signal ${exit.signal}${core}`;
  return exit.code === undefined ? "ended, status unknown" : `exit code ${exit.code}`;
}

function factsOf(report: Report, task: ModelTask): HTMLElement {
  const exec = task.execs.at(-1);
  const { startedMs } = report.meta;
  const clock =
    startedMs === undefined || task.existing
      ? ""
      : `, ${new Date(startedMs + task.startNs / 1e6).toLocaleTimeString("en-GB", CLOCK)}`;
  const start = task.isStartUnknown ? "not known, seen " : "";
  const cut = exec?.argvTruncatedBytes;
  const missing = Object.entries(exec?.missing ?? {}).map(([name, why]) => `${name} (${why})`);
  return facts([
    ["Duration", duration(task.endNs - task.startNs)],
    [
      "Began",
      task.existing
        ? "before the watch"
        : `${start}${duration(task.startNs)} after the start${clock}`,
    ],
    ["Pid", task.pid === task.tgid ? String(task.pid) : `${task.pid}, thread of ${task.tgid}`],
    ["Parent", task.ppid === 0 ? undefined : String(task.ppid)],
    ["Folder", exec?.cwd],
    ["Executable", exec?.exe],
    ["Cgroup", exec?.cgroup],
    ["Arguments", exec?.isAudited ? "from the audit record" : undefined],
    ["Cut off", cut === undefined ? undefined : `${bytes(cut)} of the arguments`],
    ["Known from", exec?.source],
    ["Not known", missing.length > 0 ? missing.join(", ") : undefined],
    ["End", task.exit?.synthetic === undefined ? undefined : `inferred: ${task.exit.synthetic}`],
    ["Task", task.id],
  ]);
}

function childrenOf(report: Report, task: ModelTask, actions: DetailActions): HTMLElement | false {
  const all = report.childrenOf(task.index);
  const items = all.slice(0, CHILDREN).map((child) =>
    element(
      "li",
      {},
      button(report.line(child).slice(0, 120), { class: "link" }, () => actions.choose(child)),
    ),
  );
  const rest = all.length - items.length;
  if (rest > 0) items.push(element("li", {}, `and ${count(rest)} more`));
  return section(all.length === 1 ? "1 child" : `${count(all.length)} children`, items);
}

function execItem(exec: ModelExec): HTMLElement {
  const text = shellCall(exec) ?? exec.exe ?? "unknown";
  return element("li", {}, `${duration(exec.timeNs)}: `, element("code", {}, text));
}

function pair(real: number | undefined, effective: number | undefined): string {
  return real === effective ? String(real ?? "?") : `${real ?? "?"} as ${effective ?? "?"}`;
}
