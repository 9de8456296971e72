// @ts-check
import { expect, test } from "vitest";
import { resultsMarkdown } from "./markdown.js";

/** @type {import("./markdown.js").Result} */
const RESULT = {
  ...{ name: "memory", title: "Memory", text: "tasks  100\n", seconds: 12.3 },
  ...{ plots: ["plots/memory.svg"], failure: undefined },
};

test("resultsMarkdown() says where it was measured, what was printed, and shows the plots", () => {
  const text = resultsMarkdown([["kernel", "Linux 6.18"]], [RESULT], false);
  expect(text).toContain("| kernel | Linux 6.18 |");
  expect(text).toContain("## Memory\n\n`npm run memory`, 12 s\n\n```text\ntasks  100\n```\n");
  expect(text).toContain("![Memory](plots/memory.svg)");
  expect(text).not.toContain("quick run");
});

test("resultsMarkdown() says of a quick run that it is none to quote", () => {
  expect(resultsMarkdown([], [RESULT], true)).toContain("not to quote");
});

test("resultsMarkdown() shows why a part failed, beside what it has printed", () => {
  const text = resultsMarkdown([], [{ ...RESULT, plots: [], failure: "1\nno compiler" }], false);
  expect(text).toContain("It failed: 1\nno compiler");
  expect(text).toContain("tasks  100");
});

test("resultsMarkdown() lets no output end its block or a cell", () => {
  const text = resultsMarkdown([["a", "b|c"]], [{ ...RESULT, text: "```\n# no title\n" }], false);
  expect(text).toContain("b\\|c");
  expect(text).toContain("````text\n```\n# no title\n````");
});
