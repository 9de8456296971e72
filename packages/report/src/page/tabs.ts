import { at, element } from "./dom.ts";

/** A part of the report. Its content is made when it is first looked at. */
export interface Tab {
  readonly id: string;
  readonly label: string;
  /** Made anew when search or filters change. */
  readonly isFiltered?: boolean;
  make(): HTMLElement;
}

/** The parts of the report, of which one is shown. */
export class Tabs {
  readonly #tabs: readonly Tab[];
  readonly #buttons = new Map<string, HTMLButtonElement>();
  readonly #panels = new Map<string, HTMLElement>();
  readonly #stale = new Set<string>();
  current = "";

  constructor(tabs: readonly Tab[]) {
    this.#tabs = tabs;
    for (const tab of tabs) {
      const control = element(
        "button",
        { type: "button", role: "tab", id: `tab-${tab.id}`, "aria-controls": `panel-${tab.id}` },
        tab.label,
      );
      control.addEventListener("click", () => this.show(tab.id));
      control.addEventListener("keydown", (event) => this.#step(event));
      const panel = element("section", {
        id: `panel-${tab.id}`,
        role: "tabpanel",
        class: "panel",
        "aria-labelledby": `tab-${tab.id}`,
        hidden: true,
      });
      this.#buttons.set(tab.id, control);
      this.#panels.set(tab.id, panel);
      this.#stale.add(tab.id);
      at("tabs").append(control);
      at("panels").append(panel);
    }
  }

  show(id: string): void {
    this.current = id;
    document.body.dataset["tab"] = id;
    for (const [other, control] of this.#buttons) {
      control.setAttribute("aria-selected", String(other === id));
      control.tabIndex = other === id ? 0 : -1;
      const panel = this.#panels.get(other);
      if (panel) panel.hidden = other !== id;
    }
    this.#make(id);
  }

  /** Search or filters have changed. */
  refresh(): void {
    for (const tab of this.#tabs) if (tab.isFiltered) this.#stale.add(tab.id);
    this.#make(this.current);
  }

  #make(id: string): void {
    if (!this.#stale.delete(id)) return;
    const tab = this.#tabs.find((tab) => tab.id === id);
    if (tab) this.#panels.get(id)?.replaceChildren(tab.make());
  }

  #step(event: KeyboardEvent): void {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    const ids = [...this.#buttons.keys()];
    const next = ids.at((ids.indexOf(this.current) + by) % ids.length) ?? this.current;
    this.show(next);
    this.#buttons.get(next)?.focus();
  }
}
