import { at } from "./dom.ts";
import type { Store } from "./store.ts";

const CHOICES = ["auto", "light", "dark"] as const;
const LABELS = { auto: "Theme: auto", light: "Theme: light", dark: "Theme: dark" };

/** The button that chooses between light, dark, and what the system prefers. */
export function setUpTheme(store: Store): void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const control = at("theme");
  let choice: (typeof CHOICES)[number] = remembered();
  const apply = (): void => {
    const isDark = choice === "auto" ? system.matches : choice === "dark";
    document.documentElement.dataset["theme"] = isDark ? "dark" : "light";
    control.textContent = LABELS[choice];
    store.tell("theme");
  };
  control.addEventListener("click", () => {
    choice = CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length] ?? "auto";
    try {
      localStorage.setItem(KEY, choice);
    } catch {
      // A page from a file may be without it.
    }
    apply();
  });
  system.addEventListener("change", apply);
  apply();
}

const KEY = "task-watchers-theme";

function remembered(): (typeof CHOICES)[number] {
  try {
    return CHOICES.find((choice) => choice === localStorage.getItem(KEY)) ?? "auto";
  } catch {
    return "auto";
  }
}

/** A colour of the page's style, by the name of its variable. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

export function isDark(): boolean {
  return document.documentElement.dataset["theme"] === "dark";
}
