import { decodeText } from "@task-watchers/linux";

/**
 * The arguments as text, each without its NUL. A byte that is no UTF-8 becomes a lone surrogate; `encodeText` of
 * `@task-watchers/linux` gives it back. The last one may be cut, when the bytes were truncated.
 */
export function splitArguments(argv: Uint8Array): string[] {
  const found: string[] = [];
  let from = 0;
  while (from < argv.byteLength) {
    const nul = argv.indexOf(0, from);
    const to = nul < 0 ? argv.byteLength : nul;
    found.push(decodeText(argv.subarray(from, to)));
    from = to + 1;
  }
  return found;
}
