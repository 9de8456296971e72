// @ts-check
import { expect, test } from "vitest";
import { resultsMarkdown, sectionMarkdown, sectionsOf } from "./markdown.js";

/** @type {import("./markdown.js").Result} */
const RESULT = {
  ...{ command: "npm run memory", title: "Memory", when: "2026-11-23 10:00", isQuick: false },
  ...{ text: "tasks  100\n", seconds: 12.3, plots: ["plots/memory.svg"], failure: undefined },
};

test("resultsMarkdown() says where it was measured, what was printed, and shows the plots", () => {
  const text = resultsMarkdown([["kernel", "Linux 6.18"]], [sectionMarkdown(RESULT)]);
  expect(text).toContain("| kernel | Linux 6.18 |");
  expect(text).toContain(
    "\n\n## Memory\n\n`npm run memory`, 12 s; 2026-11-23 10:00\n\n```text\ntasks  100\n```\n",
  );
  expect(text).toContain("![Memory](plots/memory.svg)");
  expect(text).not.toContain("Quick");
});

test("What was measured before is found again, whatever it printed", () => {
  const text = "## Heading\n\nof an output\n";
  const sections = [RESULT, { ...RESULT, title: "Growth", text }].map(sectionMarkdown);
  const first = resultsMarkdown([], sections);
  const found = sectionsOf(first);
  expect([...found.keys()]).toEqual(["Memory", "Growth"]);
  expect(resultsMarkdown([], found.values())).toBe(first);
  expect(sectionsOf("").size).toBe(0);
});

test("sectionMarkdown() says of a quick run that it is none to quote", () => {
  expect(sectionMarkdown({ ...RESULT, isQuick: true })).toContain("not to quote");
});

test("sectionMarkdown() shows why a part failed, beside what it has printed", () => {
  const text = sectionMarkdown({ ...RESULT, plots: [], failure: "1\nno compiler" });
  expect(text).toContain("It failed: 1\nno compiler");
  expect(text).toContain("tasks  100");
});

test("No output ends its block or a cell", () => {
  const section = sectionMarkdown({ ...RESULT, text: "```\n# no title\n" });
  const text = resultsMarkdown([["a", "b|c"]], [section]);
  expect(text).toContain("b\\|c");
  expect(text).toContain("````text\n```\n# no title\n````");
});
