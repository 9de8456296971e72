// @ts-check
/** Which execs of the load a program's output shows with their arguments. */

/**
 * How many of the load's arguments stand in the lines that tell of an exec; each once.
 *
 * @param {Iterable<string>} lines
 * @param {RegExp} isExec what such a line has
 */
export function countSeen(lines, isExec) {
  const seen = new Set();
  for (const line of lines) {
    if (!isExec.test(line)) continue;
    for (const [, serial] of line.matchAll(/\bbench-exec-(\d+)\b/gu)) seen.add(serial);
  }
  return seen.size;
}
