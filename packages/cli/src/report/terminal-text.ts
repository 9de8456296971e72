/**
 * Text of other processes made fit for a terminal: nothing in it can move the cursor, change a colour, end a line or turn
 * the direction of what follows.
 */
import { replaceUnsafe, unicodeEscape } from "@task-watchers/trace/unsafe-text";

/** Words a shell takes as they are. */
const PLAIN = /^[\w@%+=:,./…-]+$/u;

/** Escapes what a terminal would act upon: ASCII, and a byte that is no UTF-8, as \xNN; another character as \uNNNN. */
export function printable(text: string): string {
  return replaceUnsafe(text, escapeForShell);
}

/** One argument, quoted for a shell when it needs to be; can be pasted back. */
export function shellWord(argument: string): string {
  if (PLAIN.test(argument)) return argument;
  const escaped = argument.replace(/\\/gu, "\\\\").replace(/'/gu, "\\'");
  const safe = printable(argument);
  return safe === argument
    ? `'${argument.replace(/'/gu, String.raw`'\''`)}'`
    : `$'${printable(escaped)}'`;
}

/** A command line that a shell would take for the same arguments. */
export function commandLine(argv: readonly string[]): string {
  return argv.map(shellWord).join(" ");
}

/** Cut to so many columns, with an ellipsis where something was cut. Counts characters, not their width. */
export function fit(text: string, columns: number): string {
  if (text.length <= columns) return text;
  return `${text.slice(0, Math.max(0, columns - 1))}…`;
}

/** A sentence in lines of so many columns, broken between words; a longer word is cut. */
export function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else {
      lines.push(fit(word, columns));
    }
  }
  return lines;
}

function escapeForShell(code: number): string {
  // A byte that was not UTF-8 stands as U+DC80–U+DCFF.
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${(code - 0xdc00).toString(16)}`;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, "0")}`;
  return unicodeEscape(code);
}
