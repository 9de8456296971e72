import { cut, visibleText } from "./visible-text.ts";

/**
 * Text of another process in Markdown: in `<code>`, where hosts make no links and call nobody, with every character that
 * Markdown or HTML knows as its number.
 */
export function code(text: string, length = 120): string {
  return `<code>${escaped(cut(visibleText(text), length))}</code>`;
}

/** The same without `<code>`: for sentences that quote it. */
export function escaped(text: string): string {
  return visibleText(text).replace(/[^\p{L}\p{N}\p{M} ./,-]/gu, (c) => `&#${c.codePointAt(0)};`);
}

/** A table; cells are Markdown already, and have no line breaks. */
export function table(
  heads: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  // What is a number in the first row's place stands to the right.
  const rule = heads.map((head) => (head.startsWith(">") ? "---:" : "---"));
  const names = heads.map((head) => head.replace(/^>/u, ""));
  return [names, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
