// @ts-check
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/** @typedef {NonNullable<import("node:util").ParseArgsConfig["options"]>} Options */

/**
 * The options of a script. `--help` prints the comment at its top; what is not an option of it ends it with 2.
 *
 * @template {Options} const T
 * @param {string} script its import.meta.url
 * @param {T} options as of parseArgs
 * @returns {ReturnType<typeof parseArgs<{ options: T }>>["values"]}
 */
export function readOptions(script, options) {
  return readArguments(script, { options, allowPositionals: false }).values;
}

/**
 * The same, with what is no option.
 *
 * @template {Options} const T
 * @param {string} script
 * @param {{ options: T, allowPositionals: boolean }} config
 * @returns {{ values: ReturnType<typeof parseArgs<{ options: T }>>["values"], positionals: string[] }}
 */
export function readArguments(script, { options, allowPositionals }) {
  try {
    if (process.argv.includes("--help")) {
      console.log(headerOf(readFileSync(fileURLToPath(script), "utf8")));
      process.exit(0);
    }
    return parseArgs({ options, allowPositionals });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    process.stderr.write(`${error.message}\nit knows ${flagsOf(options)}; see --help\n`);
    process.exit(2);
  }
}

/**
 * An option's whole number, 1 or more.
 *
 * @param {string} name
 * @param {string} text
 */
export function countOf(name, text) {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count > 0) return count;
  return refuse(`${name} must be a whole number, 1 or more, got "${text}"`);
}

/** Ends the script with 2. @param {string} message what is wrong, and what would be right @returns {never} */
export function refuse(message) {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

/** The first doc comment, without its stars. @param {string} source */
export function headerOf(source) {
  const comment = /\/\*\*([\s\S]*?)\*\//u.exec(source)?.[1] ?? "";
  return comment
    .split("\n")
    .map((line) => line.replace(/^ \*? ?/u, "").trimEnd())
    .join("\n")
    .trim();
}

/** @param {Options} options */
function flagsOf(options) {
  return Object.keys({ ...options, help: {} })
    .map((name) => `--${name}`)
    .join(", ");
}
