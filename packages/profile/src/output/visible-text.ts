/**
 * Characters that a line reader, a terminal or an eye is misled by: controls, separators of lines, what has no width, what
 * changes the direction of text, and lone surrogates, which stand for bytes that are no UTF-8.
 */
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\\]/gu;

/**
 * Text in which every character can be seen, for formats that hold UTF-8 and nothing is escaped in: unsafe ones and the
 * backslash become `\uNNNN`, so what was meant can be had back.
 *
 * @param also further characters to replace
 */
export function visibleText(text: string, also = ""): string {
  const escaped = text.replace(UNSAFE, unicodeEscape);
  return [...also].reduce((part, character) => part.replaceAll(character, unicodeEscape), escaped);
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
