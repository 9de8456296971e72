// @ts-check
/** RESULTS.md: a section a benchmark, each of its own time. */

/**
 * @typedef {object} Result
 * @property {string} command as it is run by hand
 * @property {string} title
 * @property {string} when it was measured, on what commit, beside what load
 * @property {boolean} isQuick
 * @property {string} text what the benchmark printed
 * @property {readonly string[]} plots paths of its plots
 * @property {string | undefined} failure why it has no result, or not the whole
 * @property {number} seconds it took
 */

/**
 * @param {readonly (readonly [what: string, value: string])[]} facts
 * @param {Iterable<string>} sections
 */
export function resultsMarkdown(facts, sections) {
  const head = [
    "# Results",
    "",
    "Written by `npm run all`; [README.md](README.md) says how to read it.",
    "",
    "| | |",
    "|---|---|",
    ...facts.map(([what, value]) => `| ${what} | ${cell(value)} |`),
    "",
    "",
  ];
  return head.join("\n") + [...sections].join("\n");
}

/**
 * What was measured before, by its title.
 *
 * @param {string} text an earlier RESULTS.md
 * @returns {Map<string, string>}
 */
export function sectionsOf(text) {
  const starts = [...text.matchAll(/^## (.+)\n\n`npm run /gmu)];
  return new Map(
    starts.map(({ 1: title = "", index }, i) => [
      title,
      `${text.slice(index, starts[i + 1]?.index).trimEnd()}\n`,
    ]),
  );
}

/** @param {Result} result */
export function sectionMarkdown({ command, title, when, isQuick, text, plots, failure, seconds }) {
  const lines = [
    `## ${title}`,
    "",
    `\`${command}\`, ${duration(seconds)}; ${when}`,
    "",
    ...(isQuick
      ? ["**Quick: few rounds, small loads. To see that it works, not to quote.**", ""]
      : []),
    ...(failure === undefined ? [] : [...fenced(`It failed: ${failure}`), ""]),
    ...(text.trim() === "" ? [] : [...fenced(text), ""]),
    ...plots.flatMap((path) => [`![${title}](${path})`, ""]),
  ];
  return lines.join("\n");
}

/** A block that no line of the text can end. @param {string} text */
function fenced(text) {
  const longest = Math.max(2, ...[...text.matchAll(/`+/gu)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return [`${fence}text`, text.trimEnd(), fence];
}

/** @param {string} text */
function cell(text) {
  return text.replaceAll("|", "\\|");
}

/** @param {number} seconds */
function duration(seconds) {
  if (seconds < 100) return `${seconds.toFixed(0)} s`;
  return `${(seconds / 60).toFixed(0)} min`;
}
