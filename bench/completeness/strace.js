// @ts-check
/** The execs in a log of strace(1) that were made, with their arguments. */

/** @param {string} log as latin1 @returns {string[][]} */
export function execsOfStrace(log) {
  /** Begun and not ended yet, by thread. @type {Map<string, string>} */
  const begun = new Map();
  /** @type {string[][]} */
  const execs = [];
  for (const line of log.split("\n")) {
    const [, tid = "", text = ""] = /^(\d+) +(.*)$/u.exec(line) ?? [];
    const unfinished = /^(execve(?:at)?\(.*) <unfinished \.\.\.>$/u.exec(text)?.[1];
    if (unfinished !== undefined) {
      begun.set(tid, unfinished);
      continue;
    }
    const resumed = /^<\.\.\. execve(?:at)? resumed>(.*)$/u.exec(text)?.[1];
    const call = resumed === undefined ? text : `${begun.get(tid) ?? ""}${resumed}`;
    if (call.startsWith("execve") && /\) += 0$/u.test(call)) execs.push(argumentsOf(call));
  }
  return execs;
}

/** @param {string} call */
function argumentsOf(call) {
  const list = /^execve\("(?:[^"\\]|\\.)*", \[((?:"(?:[^"\\]|\\.)*"(?:, )?)*)\], /u.exec(call)?.[1];
  if (list === undefined) throw new Error(`strace said what is not understood: ${call}`);
  return [...list.matchAll(/"((?:[^"\\]|\\.)*)"/gu)].map(([, text = ""]) => unescaped(text));
}

/** @type {Readonly<Record<string, string>>} */
const ESCAPES = { n: "\n", t: "\t", r: "\r", v: "\v", f: "\f", '"': '"', "\\": "\\" };

/** As strace escapes bytes: as C does, in octal. @param {string} text */
function unescaped(text) {
  const bytes = text.replaceAll(/\\([0-7]{1,3}|.)/gu, (_all, /** @type {string} */ escape) =>
    /^[0-7]/u.test(escape)
      ? String.fromCharCode(Number.parseInt(escape, 8))
      : (ESCAPES[escape] ?? escape),
  );
  return Buffer.from(bytes, "latin1").toString("utf8");
}
