import { FLAMEGRAPH_KEYS } from "./flamegraph-keys.ts";

/**
 * What the page does, in the browser's language: no import, no build. Names come from other processes: they are put into the
 * page as text only, with what cannot be seen made visible.
 */
export const FLAMEGRAPH_SCRIPT: string = String.raw`
"use strict";
(() => {
const data = JSON.parse(document.getElementById("data").textContent);
const at = (id) => document.getElementById(id);
const unsafe = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|\p{Cs}/gu;
const visible = (text) =>
  text.replace(unsafe, (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));
const number = (n) => n.toLocaleString("en");
const time = (ns) =>
  ns >= 1e9 ? (ns / 1e9).toFixed(2) + " s" : ns >= 1e6 ? (ns / 1e6).toFixed(1) + " ms" : (ns / 1e3).toFixed(0) + " µs";
const share = (part, whole) => (whole > 0 ? ((100 * part) / whole).toFixed(2) + " %" : "");

/* Hue of each kind of code, and its name. */
const kinds = {
  user: [28, "program"], jit: [95, "compiled at run time"], kernel: [205, "kernel"],
  vdso: [170, "vdso"], unknown: [0, "unknown"], root: [220, "all"],
};
const dark = matchMedia("(prefers-color-scheme: dark)");
const hash = (text) => {
  let h = 0;
  for (let i = 0; i < text.length; i++) h = (h * 31 + text.charCodeAt(i)) | 0;
  return (h >>> 0) / 2 ** 32;
};
const colour = (kind, name) => {
  const grey = kind === "root" || kind === "unknown";
  const hue = (kinds[kind] || kinds.unknown)[0] + (grey ? 0 : 20 * hash(name) - 10);
  const vary = 8 * hash(name + "'");
  return dark.matches
    ? "hsl(" + hue + " " + (grey ? 6 : 45) + "% " + (27 + vary) + "%)"
    : "hsl(" + hue + " " + (grey ? 8 : 80) + "% " + (72 + vary) + "%)";
};
const FOUND = { light: "hsl(300 75% 78%)", dark: "hsl(300 55% 38%)" };

/* The tree of some tasks: a node for each path of frames. */
const grow = (label, isWanted) => {
  const node = (name, kind, place) => ({ name, kind, place, value: 0, self: 0, samples: 0, by: new Map(), children: [] });
  const root = node(visible(label), "root", "");
  for (const [task, stack, samples, ns] of data.weights) {
    if (!isWanted(task)) continue;
    let here = root;
    root.value += ns;
    root.samples += samples;
    const path = data.stacks[stack] || [];
    for (const index of path.length > 0 ? path : [-1]) {
      const [name, module, kind, source] = data.frames[index] || ["[unknown]", "", "unknown", ""];
      const key = name + "\n" + module + "\n" + source;
      let next = here.by.get(key);
      if (!next) {
        next = node(visible(name), kind, visible(source || module));
        here.by.set(key, next);
        here.children.push(next);
      }
      next.value += ns;
      next.samples += samples;
      here = next;
    }
    here.self += ns;
  }
  return root;
};

/* The choice of what to show: everything, a command, a task. */
const select = at("part");
const choices = [];
const offer = (parent, label, isWanted) => {
  const option = document.createElement("option");
  option.textContent = visible(label);
  option.value = String(choices.push({ label, isWanted }) - 1);
  parent.append(option);
};
const group = (label) => {
  const element = document.createElement("optgroup");
  element.label = label;
  return element;
};
const busy = new Map();
for (const [task, , , ns] of data.weights) busy.set(task, (busy.get(task) || 0) + ns);
const byCommand = new Map();
for (const [task, ns] of busy) {
  const command = data.tasks[task][2];
  byCommand.set(command, (byCommand.get(command) || 0) + ns);
}
const most = (map) => [...map].sort((a, b) => b[1] - a[1]);
offer(select, "all tasks", () => true);
const commands = group("Commands");
for (const [command, ns] of most(byCommand)) {
  offer(commands, command + " · " + time(ns), (task) => data.tasks[task][2] === command);
}
const tasks = group("Tasks");
for (const [task, ns] of most(busy)) offer(tasks, data.tasks[task][0] + " · " + time(ns), (other) => other === task);
if (busy.size > 0) select.append(commands, tasks);

/* The chart. */
let chart, root;
const draw = () => {
  const { label, isWanted } = choices[Number(select.value)];
  const tree = grow(label, isWanted);
  at("chart").replaceChildren();
  at("empty").hidden = tree.samples > 0;
  at("chart").hidden = tree.samples === 0;
  root = tree;
  describe(null);
  if (tree.samples === 0) return;
  chart = flamegraph.default()
    .width(at("chart").clientWidth)
    .cellHeight(19)
    .inverted(true)
    .minFrameSize(0.5)
    .transitionDuration(matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120)
    .sort((a, b) => b.data.value - a.data.value || (a.data.name < b.data.name ? -1 : 1))
    .setColorMapper((d) => (d.highlight ? FOUND[dark.matches ? "dark" : "light"] : colour(d.data.kind, d.data.name)))
    .setLabelHandler((d) => d.data.name + " · " + time(d.data.value) + " · " + share(d.data.value, root.value))
    .setSearchMatch((d, term) => {
      const wanted = term.toLowerCase();
      return d.data.name.toLowerCase().includes(wanted) || d.data.place.toLowerCase().includes(wanted);
    })
    .onHover((d) => describe(d.data))
    .onClick(reach);
  d3.select(at("chart")).datum(tree).call(chart);
  reach();
  search();
};

${FLAMEGRAPH_KEYS}

/* The frame that the mouse or the focus is on. */
const line = (tag, text) => {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
};
const describe = (frame) => {
  const it = frame || root;
  const figures = [
    "total " + time(it.value) + " (" + share(it.value, root.value) + ")",
    "self " + time(it.self) + " (" + share(it.self, root.value) + ")",
    number(it.samples) + (it.samples === 1 ? " sample" : " samples"),
  ];
  const where = it.kind === "root" ? [] : [(kinds[it.kind] || kinds.unknown)[1], it.place];
  at("details").replaceChildren(line("b", it.name), line("span", [...where.filter(Boolean), ...figures].join(" · ")));
};

/* Search, reset, and what changes the picture from outside. */
const search = () => {
  const term = at("search").value.trim();
  if (!chart || root.samples === 0) return;
  if (term === "") {
    chart.clear();
    at("found").value = "";
  } else {
    const matches = [];
    const walk = (node, inside) => {
      const isMatch = node.name.toLowerCase().includes(term.toLowerCase()) || node.place.toLowerCase().includes(term.toLowerCase());
      if (isMatch && !inside) matches.push(node);
      for (const child of node.children) walk(child, inside || isMatch);
    };
    walk(root, false);
    const found = matches.reduce((sum, node) => sum + node.value, 0);
    chart.search(term);
    at("found").value = matches.length === 0 ? "not found" : time(found) + ", " + share(found, root.value) + " of the time shown";
  }
  reach();
};
const reset = () => {
  if (!chart || root.samples === 0) return;
  chart.resetZoom();
  reach();
};
at("search").addEventListener("input", search);
at("reset").addEventListener("click", reset);
select.addEventListener("change", draw);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") { at("search").value = ""; search(); reset(); }
  if (event.key === "f" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); at("search").select(); }
});
let width = innerWidth;
addEventListener("resize", () => {
  if (innerWidth === width) return;
  width = innerWidth;
  draw();
});
dark.addEventListener("change", () => { legend(); draw(); });

/* What stands around it. */
const legend = () => {
  const present = new Set(data.frames.map((frame) => frame[2]));
  at("legend").replaceChildren(...Object.keys(kinds).filter((kind) => present.has(kind)).map((kind) => {
    const item = document.createElement("li");
    const mark = document.createElement("i");
    mark.style.background = colour(kind, "");
    item.append(mark, kinds[kind][1]);
    return item;
  }));
};
at("title").textContent = document.title = visible(data.title);
const total = data.weights.reduce((sum, weight) => sum + weight[3], 0);
const samples = data.weights.reduce((sum, weight) => sum + weight[2], 0);
at("figures").textContent = [
  time(total) + " of CPU time", number(samples) + " samples at " + number(data.frequencyHz) + " Hz",
  number(busy.size) + (busy.size === 1 ? " task" : " tasks"), "over " + time(data.lengthNs),
].join(" · ");
at("missing").hidden = data.notes.length === 0;
at("notes").replaceChildren(...data.notes.map((note) => line("li", visible(note))));
legend();
draw();
})();
`;
