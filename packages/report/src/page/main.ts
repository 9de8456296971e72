import { aboutPanel } from "./about.ts";
import { setUpDetails } from "./details.ts";
import { at, element } from "./dom.ts";
import { setUpFilters } from "./filters.ts";
import { flamePanel } from "./flame.ts";
import { setUpHeading, setUpNotes } from "./heading.ts";
import { setUpHelp } from "./help.ts";
import { commandsPanel, failedPanel, pathPanel, slowestPanel } from "./panels.ts";
import { Report } from "./report.ts";
import { Store } from "./store.ts";
import { type Tab, Tabs } from "./tabs.ts";
import { setUpTheme } from "./theme.ts";
import { concurrencyCurve } from "./timeline/curve.ts";
import { listenToPointers } from "./timeline/input.ts";
import { listenToKeys } from "./timeline/keys.ts";
import { Timeline } from "./timeline/timeline.ts";
import { toolbar } from "./timeline/toolbar.ts";
import { readData } from "./unpack.ts";

async function main(): Promise<void> {
  const report = new Report(await readData());
  const store = new Store();
  setUpTheme(store);
  setUpHeading(report);
  const timeline = new Timeline(report, store);
  const choose = (index: number): void => {
    store.select(index);
    timeline.reveal(index);
  };
  const search = (text: string): void => {
    const input = at<HTMLInputElement>("search");
    input.value = text;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    tabs.show("timeline");
  };
  const tabs = new Tabs(parts(report, store, timeline, { choose, search }));
  setUpNotes(report, () => tabs.show("about"));
  setUpFilters(report, store, choose);
  setUpDetails(report, store, {
    choose,
    zoomTo: (index) => {
      tabs.show("timeline");
      timeline.zoomTo(index);
      timeline.host.focus();
    },
  });
  store.on("matches", () => tabs.refresh());
  at("status").hidden = true;
  at("app").hidden = false;
  tabs.show("timeline");
  listenToPageKeys(store, setUpHelp());
  document.body.dataset["ready"] = "yes";
}

interface Actions {
  choose(index: number): void;
  search(text: string): void;
}

function parts(report: Report, store: Store, timeline: Timeline, actions: Actions): Tab[] {
  const { choose, search } = actions;
  const failed = report.tasks.filter((task) => report.hasFailed(task.index)).length;
  const flame = flamePanel(report, store);
  return [
    { id: "timeline", label: "Timeline", make: () => timelinePanel(report, store, timeline) },
    {
      id: "commands",
      label: "Commands",
      isFiltered: true,
      make: () => commandsPanel(report, store, search),
    },
    {
      id: "slowest",
      label: "Slowest",
      isFiltered: true,
      make: () => slowestPanel(report, store, choose),
    },
    {
      id: "failed",
      label: `Failed (${failed})`,
      isFiltered: true,
      make: () => failedPanel(report, store, choose),
    },
    { id: "path", label: "Critical path", make: () => pathPanel(report, choose) },
    ...(flame ? [{ id: "flame", label: "Flame graph", make: () => flame }] : []),
    { id: "about", label: "About", make: () => aboutPanel(report) },
  ];
}

function timelinePanel(report: Report, store: Store, timeline: Timeline): HTMLElement {
  const stage = element("div", { class: "stage" }, timeline.host);
  listenToPointers(timeline, report, store);
  listenToKeys(timeline, report, store);
  if (report.tasks.length === 0)
    stage.append(element("p", { class: "empty" }, "The trace tells of no task."));
  return element(
    "div",
    { class: "timeline" },
    toolbar(report, timeline),
    concurrencyCurve(report, store, timeline),
    stage,
  );
}

function listenToPageKeys(store: Store, help: { open(): void }): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      if (at<HTMLDialogElement>("help").open) return;
      if (store.selected >= 0) store.select(-1);
      else at("clear").click();
      return;
    }
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement) {
      return;
    }
    const keys: Readonly<Record<string, () => void>> = {
      "/": () => at<HTMLInputElement>("search").select(),
      "?": () => help.open(),
      n: () => at("after").click(),
      N: () => at("before").click(),
    };
    const tab = [...document.querySelectorAll<HTMLElement>("#tabs [role=tab]")][
      Number(event.key) - 1
    ];
    const act = tab ? () => tab.click() : keys[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  });
}

main().catch((error: unknown) => {
  const status = at("status");
  status.hidden = false;
  status.textContent = `The report cannot be shown: ${error instanceof Error ? error.message : String(error)}. It needs a browser of 2023 or later.`;
  throw error;
});
