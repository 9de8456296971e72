// @ts-check
/**
 * Run as root on a kernel older than 6.6: what is done there in the place of what it has not. Prints a line for each claim.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { release } from "node:os";
import { basename } from "node:path";

const NOBODY = ["--reuid=65534", "--regid=65534", "--clear-groups"];
const at = (/** @type {string} */ path) =>
  new URL(`../../../packages/${path}`, import.meta.url).href;

const { TaskWatchers } = await import(at("chain/dist/index.js"));
const { watchTasks } = await import(at("tasks/dist/index.js"));
const { pidfdExit, pidfdOpen } = await import(at("linux/dist/all.js"));
const { openBpfEvents, splitArguments } = await import(at("bpf/dist/index.js"));

const [phase = "root"] = process.argv.slice(2);
// A file: standard output is a socket here, which cannot be opened by its name.
const TRACE = `/tmp/trace-${phase}.jsonl`;
const COMMAND = ["run", "--json", TRACE, "--", "sh", "-c", "/bin/true; exit 7"];
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
  claim(
    "doctor says that audit was switched off at boot, and how to have it",
    /take audit=0 off the kernel's command line/u.test(doctor.stdout),
    doctor.stdout,
  );
  await byBpf();
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
  const killed = cli(["run", "--json", TRACE, "--", "sh", "-c", "kill -9 $$"]);
  const exit = readFileSync(TRACE, "utf8").match(/^.*"type":"exit".*$/mu)?.[0];
  claim("a command that a signal ends is told so", killed.status === 137, killed.status);
  claim("though a pidfd does not tell it", exit?.includes('"signal":9'), exit);
  const delays = cli(["run", "--with", "delayacct", "--", "sh", "-c", "sleep 1"]);
  claim(
    "delays come from /proc",
    /from \/proc/u.test(delays.stderr + delays.stdout),
    delays.stderr,
  );
}

/** The verifier of another kernel takes our programs, which find things where this kernel has them. */
async function byBpf() {
  /** @type {any[]} */
  const told = [];
  let lost = 0;
  const events = await openBpfEvents({
    onEvent: (/** @type {any} */ event) => void told.push(event),
    onLost: (/** @type {{ count: number }} */ { count }) => void (lost += count),
  }).catch((/** @type {unknown} */ error) => error);
  claim("the verifier takes our programs", !(events instanceof Error), String(events));
  if (events instanceof Error) return;
  spawnSync("sh", ["-c", "/bin/true one 'two three'; exit 3"], { cwd: "/usr" });
  events.drain();
  events.close();
  // We are in a chroot of the guest's, and paths begin at the root of its process 1.
  const lives = told.filter(({ type, cwd }) => type === "exec" && cwd === "/root/usr");
  const execs = lives.map(({ exe, argv }) => [basename(exe), ...splitArguments(argv).slice(1)]);
  const wanted = [
    ["dash", "-c", "/bin/true one 'two three'; exit 3"],
    ["true", "one", "two three"],
  ];
  claim(
    "execs are told with all there is",
    JSON.stringify(execs) === JSON.stringify(wanted),
    execs,
  );
  const pids = new Set(lives.map(({ pid }) => pid));
  const codes = told.filter(({ type, pid }) => type === "exit" && pids.has(pid));
  claim("so are ends", codes.map(({ code }) => code).join() === "0,3", codes);
  const forks = told.filter(({ type, pid }) => type === "fork" && pids.has(pid));
  claim("and forks, none of them lost", forks.length === 2 && lost === 0, [forks, lost]);
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
 * @param {boolean | undefined} holds
 * @param {unknown} found
 */
function claim(what, holds, found) {
  console.log(`${holds ? "ok" : "not ok"} ${phase}: ${what}${holds ? "" : `: ${inWords(found)}`}`);
  if (!holds) process.exitCode = 1;
}

/** @param {unknown} found */
function inWords(found) {
  return JSON.stringify(found, (_, value) => (typeof value === "bigint" ? String(value) : value));
}

/**
 * @param {string} left
 * @param {string} right
 */
function compare(left, right) {
  return left.localeCompare(right, "en", { numeric: true });
}
