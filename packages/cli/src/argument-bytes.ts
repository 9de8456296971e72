import { readFileSync } from "node:fs";
import { decodeText } from "@task-watchers/linux/text";
import { shellWord } from "./report/terminal-text.ts";
import { UsageError } from "./usage-error.ts";

/**
 * The words we were given, as `decodeText` has them: a byte that is not UTF-8 is a lone surrogate. In Node.js's own it
 * is U+FFFD, and which it was is lost.
 *
 * @param args as Node.js has them
 */
export function trueArguments(args: readonly string[]): readonly string[] {
  let words: readonly Buffer[];
  try {
    words = splitAtNul(readFileSync("/proc/self/cmdline"));
  } catch {
    return args;
  }
  const ours = words.slice(-args.length);
  // Somebody may have overwritten it, as `node --title` does.
  const isSo = args.every((argument, i) => argument === ours[i]?.toString("utf8"));
  return isSo ? ours.map((word) => decodeText(word)) : args;
}

/**
 * For words that Node.js is to pass on or to take for names of files, which it does as text.
 *
 * @throws UsageError that names the first one that is no text
 */
export function requireText(args: readonly string[]): void {
  const odd = args.find((argument) => /[\udc80-\udcff]/u.test(argument));
  if (odd === undefined) return;
  throw new UsageError(
    `the argument ${shellWord(odd)} is not UTF-8, and Node.js would pass another on; ` +
      `put the command in a script, and have that run: task-watchers run -- ./script`,
  );
}

function splitAtNul(data: Buffer): Buffer[] {
  const words: Buffer[] = [];
  for (let at = 0; at < data.length;) {
    const end = data.indexOf(0, at);
    const stop = end < 0 ? data.length : end;
    words.push(data.subarray(at, stop));
    at = stop + 1;
  }
  return words;
}
