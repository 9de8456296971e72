import { at, button, element } from "./dom.ts";

const KEYS = [
  ["/", "search"],
  ["n, N", "next, previous match"],
  ["1 – 9", "parts of the report"],
  ["Esc", "close the panel, then clear the search"],
  ["?", "this"],
  ["On the timeline", ""],
  ["+ − or W S", "zoom"],
  ["A D", "pan"],
  ["0", "show everything"],
  ["↑ ↓", "task before, after, of the same parent"],
  ["← →", "parent, first child"],
  ["f", "fold or unfold the chosen task"],
  ["z", "zoom to the chosen task"],
  ["[ ]", "lower, higher lanes"],
  ["Wheel", "zoom; with Shift pan; over the names scroll"],
  ["Drag", "pan; over the curve choose a stretch"],
  ["Double click", "zoom to a task"],
] as const;

/** The list of keys. */
export function setUpHelp(): { open(): void } {
  const dialog = at<HTMLDialogElement>("help");
  dialog.replaceChildren(
    element("h2", {}, "Keys"),
    element(
      "dl",
      { class: "keys" },
      ...KEYS.flatMap(([key, what]) =>
        what === "" ? [element("h3", {}, key)] : [element("dt", {}, key), element("dd", {}, what)],
      ),
    ),
    button("Close", {}, () => dialog.close()),
  );
  const open = (): void => dialog.showModal();
  at("help-button").addEventListener("click", open);
  return { open };
}
