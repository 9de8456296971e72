/**
 * Characters that a terminal or a line reader may act upon: controls, DEL and C1, line and paragraph separators, what has
 * no width, what changes the direction of text, the byte order mark, and lone surrogates, which UTF-8 cannot say.
 */
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]/gu;

/** Text with each unsafe character replaced. All are in the basic plane: each has one code unit. */
export function replaceUnsafe(text: string, escape: (codeUnit: number) => string): string {
  return text.replace(UNSAFE, (character) => escape(character.charCodeAt(0)));
}

/** `\uNNNN`, which JSON, JavaScript and bash read alike. */
export function unicodeEscape(codeUnit: number): string {
  return `\\u${codeUnit.toString(16).padStart(4, "0")}`;
}
