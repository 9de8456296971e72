// @ts-check
/** Tables as text. */

/**
 * The first column to the left, the others to the right.
 *
 * @param {readonly (readonly string[])[]} lines the first is the head
 */
export function tableText(lines) {
  const columns = Math.max(0, ...lines.map((line) => line.length));
  const widths = Array.from({ length: columns }, (_, i) =>
    Math.max(...lines.map((line) => (line[i] ?? "").length)),
  );
  return lines.map((line) => lineText(line, widths)).join("\n");
}

/** @param {readonly string[]} cells @param {readonly number[]} widths */
function lineText(cells, widths) {
  return widths
    .map((width, i) =>
      i === 0 ? (cells[i] ?? "").padEnd(width) : (cells[i] ?? "").padStart(width),
    )
    .join("  ")
    .trimEnd();
}
