// @ts-check
/**
 * Run as root on a kernel older than 6.6: what is done there in the place of what it has not. Prints a line for each claim.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { release } from "node:os";

const NOBODY = ["--reuid=65534", "--regid=65534", "--clear-groups"];
const at = (/** @type {string} */ path) =>
  new URL(`../../../packages/${path}`, import.meta.url).href;

const { TaskWatchers } = await import(at("chain/dist/index.js"));
const { watchTasks } = await import(at("tasks/dist/index.js"));
const { pidfdExit, pidfdOpen } = await import(at("linux/dist/index.js"));

const [phase = "root"] = process.argv.slice(2);
// A file: standard output is a socket here, which cannot be opened by its name.
const TRACE = `/tmp/trace-${phase}.jsonl`;
const COMMAND = ["run", "--json", TRACE, "--quiet", "--", "sh", "-c", "/bin/true; exit 7"];
if (phase === "root") await asRoot();
else await asNobody();

async function asRoot() {
  claim("this kernel is older than 6.6", compare(release(), "6.6") < 0, release());
  const { seen, counters } = await watched("connector");
  claim("root hears every event of a task", seen === "init exec exit free", seen);
  claim("the kernel filters nothing for us", counters.masked === false, counters.masked);
  claim("losses are found by sequence numbers instead", counters.sequenceGaps === 0, counters);
  claim("nothing is lost", counters.lost === 0, counters);
  exitOfStranger();
  const { status } = cli(COMMAND);
  const trace = readFileSync(TRACE, "utf8");
  claim("the command passes the exit status on", status === 7, status);
  claim("the trace has the exit codes", /"code":7/u.test(trace), trace);
  const doctor = cli(["doctor", "--json"]);
  claim("doctor names the missing filter", /does not filter/u.test(doctor.stdout), doctor.stdout);
  const child = spawn(
    "setpriv",
    [...NOBODY, process.execPath, ...process.argv.slice(1), "nobody"],
    {
      stdio: "inherit",
    },
  );
  const [code] = await once(child, "exit");
  process.exitCode ||= code;
}

async function asNobody() {
  const refused = await watchTasks({ watchers: new TaskWatchers() }).catch(
    (/** @type {any} */ error) => error,
  );
  claim("nobody is refused with EPERM", refused.code === "EPERM", refused.code);
  claim("and told why", /only CAP_NET_ADMIN/u.test(refused.message), refused.message);
  const { seen } = await watched("pidfd");
  claim("nobody hears the end of a child by its pidfd", seen.endsWith("exit free"), seen);
  exitOfStranger();
  const { stderr, status } = cli(COMMAND);
  const trace = readFileSync(TRACE, "utf8");
  claim("nobody's command passes the exit status on", status === 7, status);
  claim("and says what it does without", /only CAP_NET_ADMIN/u.test(stderr), stderr);
  const execs = trace.match(/"type":"exec"/gu)?.length;
  claim("its execs are known by the exec stop", execs === 2, trace);
  const delays = cli(["run", "--with", "delayacct", "--", "sh", "-c", "sleep 1"]);
  claim(
    "delays come from /proc",
    /from \/proc/u.test(delays.stderr + delays.stdout),
    delays.stderr,
  );
}

/**
 * The events of one child.
 *
 * @param {"connector" | "pidfd"} source
 */
async function watched(source) {
  const watchers = new TaskWatchers();
  /** @type {string[]} */
  const seen = [];
  const note = (/** @type {{ type: string }} */ { type }) => void seen.push(type);
  watchers.register({ name: "probe", init: note, exec: note, exit: note, free: note });
  const watch = await watchTasks({ watchers, source });
  const child = spawn("sleep", ["0.5"]);
  watch.follow(Number(child.pid));
  await watch.whenIdle();
  const { connector } = watch.counters();
  await watch.close();
  return { seen: seen.join(" "), counters: connector ?? {} };
}

function exitOfStranger() {
  const exit = pidfdExit(pidfdOpen(process.pid));
  claim("a pidfd tells no exit status here", exit.missing === "unsupported", exit);
}

/**
 * @param {readonly string[]} args
 */
function cli(args) {
  const main = new URL(at("cli/dist/main.js")).pathname;
  return spawnSync(process.execPath, [main, ...args], { encoding: "utf8" });
}

/**
 * @param {string} what
 * @param {boolean} holds
 * @param {unknown} found
 */
function claim(what, holds, found) {
  console.log(
    `${holds ? "ok" : "not ok"} ${phase}: ${what}${holds ? "" : `: ${JSON.stringify(found)}`}`,
  );
  if (!holds) process.exitCode = 1;
}

/**
 * @param {string} left
 * @param {string} right
 */
function compare(left, right) {
  return left.localeCompare(right, "en", { numeric: true });
}
