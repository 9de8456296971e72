// @ts-check
/** What was run with which arguments. */
import { readFileSync } from "node:fs";

/** @typedef {import("@task-watchers/trace").AnyLine} AnyLine */
/** @typedef {{ readonly exe: string, readonly argv: readonly string[] }} Exec */

/**
 * The execs of each process, in order.
 *
 * @param {readonly AnyLine[]} lines
 * @returns {Map<unknown, Exec[]>}
 */
export function execsByProcess(lines) {
  const undone = new Set(
    lines.flatMap(({ type, raised, pid, timeNs }) =>
      // It was told of beforehand, and did not come.
      type === "exec-failed" && raised === true ? [`${pid} ${timeNs}`] : [],
    ),
  );
  /** @type {Map<unknown, Exec[]>} */
  const found = new Map();
  for (const { type, pid, timeNs, exe, argv, argvTruncatedBytes } of lines) {
    if (type !== "exec" || undone.has(`${pid} ${timeNs}`)) continue;
    const isWhole = Array.isArray(argv) && argvTruncatedBytes === undefined;
    const exec = { exe: String(exe), argv: isWhole ? argv : ["(arguments missing)"] };
    found.set(pid, [...(found.get(pid) ?? []), exec]);
  }
  return found;
}

/**
 * Whether an exec as its caller made it is the same that the kernel then did: of a script it runs the interpreter.
 *
 * @param {Exec | undefined} called
 * @param {Exec | undefined} done
 */
export function isSameExec(called, done) {
  if (called === undefined || done === undefined) return false;
  const same = (/** @type {readonly string[]} */ argv) =>
    JSON.stringify(argv) === JSON.stringify(done.argv);
  if (same(called.argv)) return true;
  const interpreter = interpreterOf(called.exe);
  const script = done.argv[interpreter.length] ?? "";
  return interpreter.length > 0 && same([...interpreter, script, ...called.argv.slice(1)]);
}

/** execve(2): a script's interpreter, and what stands behind it as one argument. @param {string} file */
function interpreterOf(file) {
  const [, path = "", argument = ""] =
    /^#![ \t]*([^ \t\n]+)[ \t]*([^\n]*)/u.exec(readFileSync(file, "latin1")) ?? [];
  return [path, argument.trim()].filter((text) => text !== "");
}

/**
 * What two lists have not equally often: the text, how often it is in each.
 *
 * @param {readonly string[]} ours
 * @param {readonly string[]} theirs
 * @returns {(readonly [string, number, number])[]}
 */
export function multisetDifferences(ours, theirs) {
  /** @type {Map<string, [number, number]>} */
  const counts = new Map();
  for (const [side, list] of [ours, theirs].entries()) {
    for (const text of list) {
      const pair = counts.get(text) ?? [0, 0];
      pair[side === 0 ? 0 : 1]++;
      counts.set(text, pair);
    }
  }
  return [...counts].flatMap(([text, [own, other]]) =>
    own === other ? [] : [/** @type {const} */ ([text, own, other])],
  );
}
