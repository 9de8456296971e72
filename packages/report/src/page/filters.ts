import { count, plural } from "../model/format.ts";
import { percentile } from "../model/command-groups.ts";
import { at, element } from "./dom.ts";
import type { Report } from "./report.ts";
import type { Store } from "./store.ts";

type Test = (index: number) => boolean;

/** The row of search and filters. */
export function setUpFilters(report: Report, store: Store, choose: (index: number) => void): void {
  const search = at<HTMLInputElement>("search");
  const only = at<HTMLInputElement>("only");
  const tests = {
    result: options(at<HTMLSelectElement>("result"), results(report)),
    slow: options(at<HTMLSelectElement>("slow"), lengths(report)),
    user: options(at<HTMLSelectElement>("user"), users(report)),
    cgroup: options(at<HTMLSelectElement>("cgroup"), cgroups(report)),
  };
  const apply = (): void => {
    const wanted = search.value.trim().toLowerCase();
    const active = [...Object.values(tests).map((test) => test()), textTest(report, wanted)].filter(
      (test) => test !== undefined,
    );
    store.search = wanted;
    store.isOnlyMatches = only.checked && active.length > 0;
    store.matches = undefined;
    store.matching = [];
    if (active.length > 0) {
      const matching = report.tasks
        .map((task) => task.index)
        .filter((index) => active.every((test) => test(index)));
      store.matches = new Uint8Array(report.tasks.length);
      for (const index of matching) store.matches[index] = 1;
      store.matching = matching.toSorted(
        (a, b) => (report.task(a)?.startNs ?? 0) - (report.task(b)?.startNs ?? 0),
      );
    }
    tellFound(store);
    at("clear").hidden = active.length === 0;
    store.tell("matches");
  };
  const step = (by: number): void => {
    const { matching, selected } = store;
    if (matching.length === 0) return;
    const here = matching.indexOf(selected);
    const next = here < 0 ? (by > 0 ? 0 : -1) : here + by;
    const index = matching.at(next % matching.length);
    if (index !== undefined) choose(index);
    tellFound(store);
  };
  const form = at<HTMLFormElement>("filters");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    step(1);
  });
  form.addEventListener("input", apply);
  at("before").addEventListener("click", () => step(-1));
  at("after").addEventListener("click", () => step(1));
  at("clear").addEventListener("click", () => {
    form.reset();
    apply();
  });
  store.on("selected", () => tellFound(store));
  apply();
}

function tellFound({ matches, matching, selected }: Store): void {
  const here = matching.indexOf(selected);
  at("found").textContent =
    matches === undefined
      ? ""
      : matching.length === 0
        ? "no task"
        : here >= 0
          ? `${count(here + 1)} of ${plural(matching.length, "task")}`
          : plural(matching.length, "task");
  for (const id of ["before", "after"]) {
    at<HTMLButtonElement>(id).disabled = matching.length === 0;
  }
}

function textTest(report: Report, wanted: string): Test | undefined {
  if (wanted === "") return undefined;
  const words = wanted.split(/\s+/u);
  return (index) => {
    const text = report.sought(index);
    return text.includes(wanted) || words.every((word) => text.includes(word));
  };
}

/** Fills a list of choices, of which the first lets all through; what is chosen now. */
function options(
  select: HTMLSelectElement,
  choices: readonly (readonly [label: string, test: Test])[],
): () => Test | undefined {
  const any = element("option", { value: "-1" }, "any");
  select.replaceChildren(
    any,
    ...choices.map(([label], i) => element("option", { value: i }, label)),
  );
  const label = select.closest("label");
  if (label && choices.length < 2 && select.id !== "result" && select.id !== "slow") {
    label.hidden = true;
  }
  return () => choices[Number(select.value)]?.[1];
}

function results(report: Report): (readonly [string, Test])[] {
  const { tasks } = report;
  return [
    ["failed", (index) => report.hasFailed(index)],
    ["succeeded", (index) => tasks[index]?.exit?.code === 0],
    ["ended by a signal", (index) => tasks[index]?.exit?.signal !== undefined],
    ["no end seen", (index) => tasks[index]?.exit === undefined],
    ["an exec failed", (index) => (tasks[index]?.failedExecs.length ?? 0) > 0],
  ];
}

function lengths(report: Report): (readonly [string, Test])[] {
  const sorted = Float64Array.from(report.tasks, (task) => task.endNs - task.startNs).sort();
  const slowest = percentile(sorted, 0.95);
  const least = [
    ["10 ms or more", 1e7],
    ["100 ms or more", 1e8],
    ["1 s or more", 1e9],
    ["10 s or more", 1e10],
  ] as const;
  return [
    ["the slowest 5 %", (index) => report.lengthNs(index) >= slowest],
    ...least
      .filter(([, ns]) => ns <= (sorted.at(-1) ?? 0))
      .map(([label, ns]) => [label, (index: number) => report.lengthNs(index) >= ns] as const),
  ];
}

/** Choices of a list at most: a page with more is no help. */
const MAX_CHOICES = 200;

function users(report: Report): (readonly [string, Test])[] {
  const all = new Set(report.tasks.flatMap((task) => task.ids.map((ids) => ids.euid)));
  return [...all]
    .filter((id) => id !== undefined)
    .toSorted((a, b) => a - b)
    .slice(0, MAX_CHOICES)
    .map((id) => [
      id === 0 ? "0 (root)" : String(id),
      (index) => report.task(index)?.ids.some((ids) => ids.euid === id) === true,
    ]);
}

function cgroups(report: Report): (readonly [string, Test])[] {
  const all = new Set(report.tasks.flatMap((task) => task.execs.map((exec) => exec.cgroup)));
  return [...all]
    .filter((path) => path !== undefined)
    .toSorted()
    .slice(0, MAX_CHOICES)
    .map((path) => [
      path,
      (index) => report.task(index)?.execs.some((exec) => exec.cgroup === path) === true,
    ]);
}
