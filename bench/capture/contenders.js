// @ts-check
/** Who is asked what the load ran, and where the answer stands. */
import { fileURLToPath } from "node:url";
import { isInstalled } from "../measuring/installed.js";

/**
 * @typedef {object} Contender
 * @property {string} name
 * @property {string} [program] the peer's; it is left out where that is not installed
 * @property {(file: string) => readonly string[]} command given a file for its output, which otherwise is what it prints
 * @property {"under" | "beside"} how it starts the load itself, or watches the whole host
 * @property {boolean} [writesFile]
 * @property {RegExp} [ready] as for `observed`
 * @property {RegExp} exec what a line that tells of an exec has
 */

const main = fileURLToPath(new URL("../../packages/cli/dist/main.js", import.meta.url));
const OUR_EXEC = /"type":"exec"/u;

/** @param {"stop" | "bpf" | "proc"} execs @returns {Contender} */
function run(execs) {
  const options = ["run", "-q", "--source", execs, "--json"];
  return {
    name: `run --source ${execs}`,
    command: (file) => [process.execPath, main, ...options, file, "--"],
    how: "under",
    writesFile: true,
    exec: OUR_EXEC,
  };
}

/** @param {"bpf" | "connector"} from @returns {Contender} */
function watch(from) {
  return {
    name: `watch --source ${from}`,
    command: () => [process.execPath, main, "watch", "-q", "--source", from, "--json", "-"],
    how: "beside",
    ready: /"type":"header"/u,
    exec: OUR_EXEC,
  };
}

/** @type {readonly Contender[]} */
const ALL = [
  run("stop"),
  run("bpf"),
  run("proc"),
  watch("bpf"),
  watch("connector"),
  {
    name: "forkstat",
    program: "forkstat",
    command: () => ["forkstat", "-l", "-e", "exec"],
    how: "beside",
    exec: /\bexec\b/u,
  },
  {
    name: "extrace",
    program: "extrace",
    command: (file) => ["extrace", "-f", "-o", file],
    how: "beside",
    writesFile: true,
    exec: /^\d+ /u,
  },
  {
    name: "execsnoop",
    program: "execsnoop",
    command: () => ["execsnoop"],
    how: "beside",
    ready: /PCOMM/u,
    exec: /./u,
  },
  {
    name: "strace",
    program: "strace",
    command: (file) => ["strace", "-f", "-qq", "--seccomp-bpf", "-e", "trace=execve", "-o", file],
    how: "under",
    writesFile: true,
    exec: /\bexecve\(/u,
  },
];

/** Those that can be had here. */
export function contenders() {
  return ALL.filter(({ program }) => program === undefined || isInstalled(program));
}
