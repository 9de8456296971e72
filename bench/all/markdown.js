// @ts-check
/** RESULTS.md. */

/**
 * @typedef {object} Result
 * @property {string} name
 * @property {string} title
 * @property {string} text what the benchmark printed
 * @property {readonly string[]} plots paths of its plots
 * @property {string | undefined} failure why it has no result, or not the whole
 * @property {number} seconds it took
 */

/**
 * @param {readonly (readonly [what: string, value: string])[]} facts
 * @param {readonly Result[]} results
 * @param {boolean} isQuick
 */
export function resultsMarkdown(facts, results, isQuick) {
  const head = [
    "# Results",
    "",
    `Written by \`npm run all${isQuick ? " -- --quick" : ""}\`; [README.md](README.md) says how to read it.`,
    ...(isQuick
      ? ["", "**A quick run: few rounds, small loads. To see that it works, not to quote.**"]
      : []),
    "",
    "| | |",
    "|---|---|",
    ...facts.map(([what, value]) => `| ${what} | ${cell(value)} |`),
    "",
  ];
  return [...head, ...results.flatMap(sectionLines)].join("\n");
}

/** @param {Result} result */
function sectionLines({ name, title, text, plots, failure, seconds }) {
  return [
    `## ${title}`,
    "",
    `\`npm run ${name}\`, ${duration(seconds)}`,
    "",
    ...(failure === undefined ? [] : [...fenced(`It failed: ${failure}`), ""]),
    ...(text.trim() === "" ? [] : [...fenced(text), ""]),
    ...plots.flatMap((path) => [`![${title}](${path})`, ""]),
  ];
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
