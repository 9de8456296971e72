/** The part of the page's script that makes frames reachable by keyboard. It stands within the other's scope. */
export const FLAMEGRAPH_KEYS: string = String.raw`
/* Makes frames reachable by keyboard: the library makes and drops elements with every zoom. */
const frames = () => [...at("chart").querySelectorAll("g.frame")];
const of = (element) => element.__data__;
const reach = () => {
  let first = true;
  for (const element of frames()) {
    const { data, depth } = of(element);
    element.setAttribute("role", "treeitem");
    element.setAttribute("aria-level", String(depth + 1));
    element.setAttribute("aria-label", data.name + ", " + share(data.value, root.value));
    element.setAttribute("tabindex", first ? "0" : "-1");
    first = false;
  }
};
const focus = (node) => {
  const element = node && frames().find((element) => of(element) === node);
  if (!element) return;
  for (const other of frames()) other.setAttribute("tabindex", other === element ? "0" : "-1");
  element.focus({ preventScroll: false });
};
const shown = (nodes) => {
  const visible = new Set(frames().map(of));
  return (nodes || []).filter((node) => visible.has(node)).sort((a, b) => a.x0 - b.x0);
};
const beside = (node, step) => {
  const row = shown(frames().map(of).filter((other) => other.depth === node.depth));
  return row[row.indexOf(node) + step];
};
at("chart").addEventListener("keydown", (event) => {
  const element = event.target.closest("g.frame");
  if (!element) return;
  const node = of(element);
  const moves = {
    ArrowUp: () => focus(node.parent),
    ArrowDown: () => focus(shown(node.children)[0]),
    ArrowLeft: () => focus(beside(node, -1)),
    ArrowRight: () => focus(beside(node, 1)),
    Home: () => focus(of(frames()[0])),
    Enter: () => { chart.zoomTo(node); reach(); focus(node); },
    " ": () => { chart.zoomTo(node); reach(); focus(node); },
  };
  if (!moves[event.key]) return;
  event.preventDefault();
  moves[event.key]();
});
at("chart").addEventListener("focusin", (event) => {
  const element = event.target.closest("g.frame");
  if (element) describe(of(element).data);
});
at("chart").addEventListener("mouseleave", () => describe(null));
`;
