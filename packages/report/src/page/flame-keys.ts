import type { FlameNode } from "d3-flame-graph";
import { share } from "../model/format.ts";
import type { FlameFrame } from "./flame-tree.ts";

type Node = FlameNode<FlameFrame>;

interface FlameActions {
  zoom(node: Node): void;
  reset(): void;
  describe(frame: FlameFrame): void;
  whole(): number;
}

/** Makes frames reachable by keyboard: the library makes and drops their elements with every zoom. */
export function listenToFlameKeys(host: HTMLElement, actions: FlameActions): { reach(): void } {
  const frames = (): SVGGElement[] => [...host.querySelectorAll<SVGGElement>("g.frame")];
  const reach = (): void => {
    for (const [i, element] of frames().entries()) {
      const { data, depth } = nodeOf(element);
      element.setAttribute("role", "treeitem");
      element.setAttribute("aria-level", String(depth + 1));
      element.setAttribute("aria-label", `${data.name}, ${share(data.value, actions.whole())}`);
      element.setAttribute("tabindex", i === 0 ? "0" : "-1");
    }
  };
  const focus = (node: Node | undefined): void => {
    const all = frames();
    const wanted = node && all.find((element) => nodeOf(element) === node);
    if (!wanted) return;
    for (const other of all) other.setAttribute("tabindex", other === wanted ? "0" : "-1");
    wanted.focus();
  };
  const shown = (nodes: readonly Node[] = []): Node[] => {
    const all = new Set(frames().map(nodeOf));
    return nodes.filter((node) => all.has(node)).toSorted((a, b) => a.x0 - b.x0);
  };
  const beside = (node: Node, by: number): Node | undefined => {
    const row = shown(frames().map(nodeOf)).filter((other) => other.depth === node.depth);
    return row[row.indexOf(node) + by];
  };
  const zoom = (node: Node): void => {
    actions.zoom(node);
    reach();
    focus(node);
  };
  host.addEventListener("keydown", (event) => {
    const element = (event.target as Element).closest<SVGGElement>("g.frame");
    if (element === null) return;
    const node = nodeOf(element);
    const moves: Readonly<Record<string, () => void>> = {
      ArrowUp: () => focus(node.parent),
      ArrowDown: () => focus(shown(node.children)[0]),
      ArrowLeft: () => focus(beside(node, -1)),
      ArrowRight: () => focus(beside(node, 1)),
      Home: () => focus(frames().map(nodeOf)[0]),
      Enter: () => zoom(node),
      " ": () => zoom(node),
    };
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    move();
  });
  host.addEventListener("focusin", (event) => {
    const element = (event.target as Element).closest<SVGGElement>("g.frame");
    if (element) actions.describe(nodeOf(element).data);
  });
  return { reach };
}

/** What d3 has bound to an element. */
function nodeOf(element: SVGGElement): Node {
  return (element as unknown as { readonly __data__: Node }).__data__;
}
