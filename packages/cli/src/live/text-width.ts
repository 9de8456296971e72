import stringWidth from "string-width";

/** What a terminal shows in one place: a letter with its accents, a family in one picture. */
const segmenter = new Intl.Segmenter();

/** Printable text cut or filled up to exactly so many columns of a terminal, where a character may take two or none. */
export function toWidth(text: string, columns: number): string {
  if (columns <= 0) return "";
  const width = stringWidth(text);
  if (width <= columns) return text + " ".repeat(columns - width);
  let shown = "";
  let used = 0;
  for (const { segment } of segmenter.segment(text)) {
    const more = stringWidth(segment);
    // Room for the ellipsis.
    if (used + more > columns - 1) break;
    shown += segment;
    used += more;
  }
  return `${shown}…${" ".repeat(columns - 1 - used)}`;
}

/** Printable text in lines of so many columns, broken anywhere: a command line has words of any length. */
export function inLines(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  let used = 0;
  for (const { segment } of segmenter.segment(text)) {
    const more = stringWidth(segment);
    if (used + more > Math.max(2, columns)) {
      lines.push(line);
      line = "";
      used = 0;
    }
    line += segment;
    used += more;
  }
  return [...lines, line];
}
