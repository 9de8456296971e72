// @ts-check
/**
 * `npm install` of a large tree under `run`: every process and thread against the scheduler's tracepoints, the arguments of every exec
 * against what BPF programs saw of the same run, and against strace(1) of another one.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { observed } from "../measuring/observer.js";
import { compared, linesOf, main } from "./build.js";
import { execsByProcess, isSameExec, multisetDifferences } from "./execs.js";
import { runCommand } from "./run-command.js";
import { descentIn } from "./lives.js";
import { execsOfStrace } from "./strace.js";
import { traced } from "./tracepoints.js";

const NOBODY = 65534;
const FILES = ["package.json", "package-lock.json"];
const BPF = [process.execPath, main, "watch", "-q", "--source", "bpf", "--json", "-"];

/** Where the tree was installed once, so that the registry is asked once: its lock file, and npm's cache. */
export async function openTree() {
  const cache = join(
    process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"),
    "task-watchers-bench",
  );
  const tree = join(cache, "npm-tree");
  if (existsSync(join(tree, "ready"))) return tree;
  mkdirSync(tree, { recursive: true });
  cpSync(new URL("tree.json", import.meta.url), join(tree, "package.json"));
  await runCommand(npm(tree), { cwd: tree });
  rmSync(join(tree, "node_modules"), { recursive: true });
  mkdirSync(join(tree, "ready"));
  return tree;
}

/** @param {string} directory */
function npm(directory) {
  const options = ["--no-audit", "--no-fund", "--no-update-notifier", "--prefer-offline"];
  const scripts = "--dangerously-allow-all-scripts";
  return ["npm", "install", ...options, scripts, "--cache", join(directory, "cache")];
}

/**
 * @param {string} tree
 * @param {"root" | "nobody"} user
 */
export async function checkInstall(tree, user) {
  return await inCopy(tree, user, async (directory, as) => {
    const trace = join(directory, "trace.jsonl");
    const ours = [process.execPath, main, "run", "-q", "--threads", "--json", trace, "--"];
    const { result, tracepoints } = await traced(() =>
      observed({ command: BPF, ready: /"type":"header"/u }, () =>
        runCommand([...as, ...ours, ...npm(directory)], { cwd: directory }),
      ),
    );
    const lines = linesOf(readFileSync(trace, "utf8"));
    const first = lines.find(({ type }) => type === "init");
    // A listener's time of a fork is a moment after the fork.
    const sinceNs = BigInt(String(first?.["timeNs"])) - 50_000_000n;
    const root = { pid: Number(first?.["pid"]), sinceNs };
    const check = compared(`npm install as ${user}`, lines, tracepoints, root);
    const own = execsByProcess(lines);
    const seen = execsByProcess(descentIn(linesOf(result.output), root));
    const wrong = [...check.wrong];
    for (const [pid, execs] of own) {
      const others = seen.get(pid) ?? [];
      const isSame =
        others.length === execs.length && execs.every((exec, i) => isSameExec(exec, others[i]));
      if (!isSame) {
        wrong.push(`${pid}: told ${JSON.stringify(execs)}, BPF saw ${JSON.stringify(others)}`);
      }
    }
    const all = [...own.values()].flat().map(({ argv }) => argv);
    return { ...check, wrong, execs: anonymous(all, directory) };
  });
}

/** What strace sees of an install. @param {string} tree @param {"root" | "nobody"} user */
export async function straceInstall(tree, user) {
  return await inCopy(tree, user, async (directory, as) => {
    const log = join(directory, "strace");
    const filter = ["-f", "-qq", "-e", "trace=execve,execveat", "-e", "signal=none"];
    await runCommand([...as, "strace", ...filter, "-s", "100000", "-o", log, ...npm(directory)], {
      cwd: directory,
    });
    return anonymous(execsOfStrace(readFileSync(log, "latin1")), directory);
  });
}

/** @param {readonly string[]} ours @param {readonly string[]} theirs */
export function execDifferences(ours, theirs) {
  return multisetDifferences(ours, theirs).map(
    ([text, own, other]) => `told ${own}×, strace ${other}×: ${text}`,
  );
}

/** The same for every copy of the tree. @param {readonly (readonly string[])[]} execs @param {string} directory */
function anonymous(execs, directory) {
  return execs.map((argv) => JSON.stringify(argv).replaceAll(directory, "/tree"));
}

/**
 * @template T
 * @param {string} tree
 * @param {"root" | "nobody"} user
 * @param {(directory: string, as: readonly string[]) => Promise<T>} body
 */
async function inCopy(tree, user, body) {
  const directory = mkdtempSync(join(tmpdir(), "bench-install-"));
  const ids = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups", "--bounding-set=-all"];
  const env = ["env", `HOME=${directory}`];
  try {
    for (const file of FILES) cpSync(join(tree, file), join(directory, file));
    cpSync(join(tree, "cache"), join(directory, "cache"), { recursive: true });
    if (user === "root") return await body(directory, env);
    await runCommand(["chown", "-R", `${NOBODY}:${NOBODY}`, directory]);
    return await body(directory, ["setpriv", ...ids, "--inh-caps=-all", ...env]);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
