import { replaceUnsafe, unicodeEscape } from "@task-watchers/trace";

/** Text of another process with everything that an eye, a terminal or a line reader is misled by as `\uNNNN`. */
export function visibleText(text: string): string {
  return replaceUnsafe(text, unicodeEscape);
}

/** Cut to so many characters, with an ellipsis where something was cut; never in the middle of one. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const end = length - 1;
  const isSplit = /[\ud800-\udbff]/u.test(text.charAt(end - 1));
  return `${text.slice(0, isSplit ? end - 1 : end)}…`;
}
