// @ts-check
/** A program that is refused in the middle of a build: its exec fails with the errno that was given, and nothing else changes. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { linesOf, main } from "./build.js";
import { execsByProcess, multisetDifferences } from "./execs.js";
import { runCommand } from "./run-command.js";
import { cleanProject, outputsOf, writeProject } from "./small-project.js";

/**
 * @typedef {object} Refusal
 * @property {string} program whose exec is refused
 * @property {string} code of the errno it gets
 * @property {readonly string[]} without what is not made then
 * @property {readonly string[]} [unrun] programs that would have been run by it, or after it
 */

/** @type {readonly Refusal[]} */
export const REFUSALS = [
  { program: "sort", code: "EACCES", without: ["sorted"] },
  { program: "cc1plus", code: "EACCES", without: ["plus.o"], unrun: ["as"] },
  { program: "collect2", code: "EACCES", without: ["program"], unrun: ["ld"] },
  { program: "cksum", code: "ENOMEM", without: ["sum"] },
  { program: "cc1plus", code: "EPERM", without: ["plus.o"], unrun: ["as"] },
  { program: "ar", code: "ETXTBSY", without: ["library.a", "names"], unrun: ["sh", "nm", "sed"] },
  { program: "collect2", code: "EIO", without: ["program"], unrun: ["ld"] },
];

const MAKE = ["make", "-k", "-j2", "--no-print-directory"];
const REFUSE = fileURLToPath(new URL("refuse.js", import.meta.url));

/** @param {readonly Refusal[]} [refusals] */
export async function checkRefusals(refusals = REFUSALS) {
  const directory = mkdtempSync(join(tmpdir(), "bench-deny-"));
  try {
    writeProject(directory);
    cleanProject(directory);
    await runCommand(MAKE, { cwd: directory });
    const unwatched = outputsOf(directory);
    const free = await watchedBuild(directory, [], {});
    const results = [{ name: "nothing refused", ...compared(unwatched, free, free, undefined) }];
    for (const refusal of refusals) {
      const { program, code } = refusal;
      const number = constants.errno[/** @type {keyof typeof constants.errno} */ (code)];
      // EACCES is what the option gives.
      const options = code === "EACCES" ? ["--deny", program] : ["--with", REFUSE];
      const env = { REFUSED: program, REFUSED_ERRNO: String(number) };
      const build = await watchedBuild(directory, options, env);
      const name = `${program} refused with ${code}`;
      results.push({ name, ...compared(unwatched, free, build, refusal) });
    }
    return results;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** @typedef {Awaited<ReturnType<typeof watchedBuild>>} Build */

/** @param {string} directory @param {readonly string[]} options @param {NodeJS.ProcessEnv} env */
async function watchedBuild(directory, options, env) {
  cleanProject(directory);
  const trace = join(directory, "trace.jsonl");
  const ours = [process.execPath, main, "run", "-q", "--json", trace, ...options, "--"];
  const { code, stderr } = await runCommand([...ours, ...MAKE], {
    cwd: directory,
    env: { ...process.env, LC_ALL: "C", ...env },
    mayFail: true,
  });
  const lines = linesOf(readFileSync(trace, "utf8"));
  return { code, stderr, lines, outputs: outputsOf(directory) };
}

/**
 * @param {ReadonlyMap<string, string>} unwatched
 * @param {Build} free the build that was watched, and in which nothing was refused
 * @param {Build} build
 * @param {Refusal | undefined} refusal
 */
function compared(unwatched, free, build, refusal) {
  /** @type {string[]} */
  const wrong = [];
  const without = new Set(refusal?.without);
  const made = [...build.outputs];
  const expected = [...unwatched].filter(([name]) => !without.has(name));
  if (JSON.stringify(made) !== JSON.stringify(expected)) {
    wrong.push(`made ${made.map(([name]) => name).join(" ")}, and not exactly the others`);
  }
  const failed = refused(build);
  if (refusal !== undefined) {
    const { program, code } = refusal;
    // A shell tries each directory of PATH.
    if (failed.length === 0) wrong.push("no exec was refused");
    if (build.code === 0) wrong.push("the build went well");
    for (const { path, code: told } of failed) {
      if (basename(String(path)) !== program) wrong.push(`${path} was refused`);
      if (told !== code) wrong.push(`the trace says ${told}`);
    }
    if (!build.stderr.includes(MESSAGES[code] ?? code)) {
      wrong.push(`who called it did not say "${MESSAGES[code]}": ${build.stderr}`);
    }
  } else if (failed.length > 0 || build.code !== 0) wrong.push(`it ended with ${build.code}`);
  const unrun = new Set([refusal?.program, ...(refusal?.unrun ?? [])]);
  const other = multisetDifferences(programs(build), programs(free)).filter(
    ([text]) => !unrun.has(basename(JSON.parse(text)[0])),
  );
  for (const [text, own, others] of other) wrong.push(`${own}× instead of ${others}×: ${text}`);
  return { refused: failed.length, execs: programs(build).length, made: made.length, wrong };
}

/** What strerror(3) says. @type {Readonly<Record<string, string>>} */
const MESSAGES = {
  EACCES: "Permission denied",
  EIO: "Input/output error",
  ENOMEM: "Cannot allocate memory",
  EPERM: "Operation not permitted",
  ETXTBSY: "Text file busy",
};

/** @param {Build} build */
function refused({ lines }) {
  return lines.filter(({ type, refused }) => type === "exec-failed" && refused !== undefined);
}

/** What was run, with its arguments; names of temporary files as one. @param {Build} build */
function programs({ lines }) {
  return [...execsByProcess(lines).values()]
    .flat()
    .map(({ argv }) => JSON.stringify(argv).replaceAll(/\/tmp\/cc\w{6}/gu, "/tmp/cc"));
}
