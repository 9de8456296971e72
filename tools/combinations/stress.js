// @ts-check
/**
 * All watchers in one process that watches the host, under a storm of system calls:
 *
 *     npm run stress [-- --seconds 60] [--stressor fork …]
 *
 * Installs the watchers from tarballs; runs stressors of stress-ng, one after the other, most as nobody; meanwhile watchers are
 * unloaded and loaded, and, as root, auditing and delay accounting are switched, and put back as they were. Exit status 1 when
 * the watching process crashed or leaked, its counts do not add up, or the host is not as it was.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { readOptions, refuse } from "../options/options.js";
import { hostState, restoreHost, switchHost } from "./host-state.js";
import { makeProject } from "./project.js";
import { stormFaults } from "./storm-faults.js";
import { WATCHERS } from "./subsets.js";
import { packAll } from "./tarballs.js";

/** Those that want CAP_NET_ADMIN; the others run as nobody. */
const PRIVILEGED = ["netlink-proc", "netlink-task"];
/** Without sysinval: stress-ng itself says that it may hang the machine, or boot it anew. */
const STRESSORS = [
  ...["fork", "vfork", "clone", "exec", "spawn", "daemon", "zombie", "pthread", "set", "sem-sysv"],
  ...["enosys", "sigsegv", "kill", "prctl", "session", "nanosleep", ...PRIVILEGED],
];

const values = readOptions(import.meta.url, {
  seconds: { type: "string", default: "60" },
  stressor: { type: "string", multiple: true, default: STRESSORS },
});
const seconds = Number(values.seconds);
if (!(seconds >= 1 && seconds <= 3600)) refuse(`--seconds ${values.seconds}: 1 to 3600`);
if (spawnSync("stress-ng", ["--version"]).error) {
  refuse("stress-ng is not here: apt-get install stress-ng");
}
const isRoot = process.getuid?.() === 0;
const each = Math.max(1, Math.round(seconds / values.stressor.length));

const work = mkdtempSync(join(tmpdir(), "task-watchers-stress-"));
const files = join(work, "files");
const before = hostState();
process.on("SIGINT", () => process.exit(130));
process.on("SIGTERM", () => process.exit(143));
process.on("exit", () => {
  restoreHost(before);
  rmSync(work, { recursive: true, force: true });
});

const project = makeProject("npm", [...WATCHERS, "chain", "tasks"], packAll(work));
process.on("exit", () => rmSync(project, { recursive: true, force: true }));
const watching = spawn(process.execPath, ["--expose-gc", "src/storm.js", ...WATCHERS], {
  cwd: project,
  stdio: ["pipe", "pipe", "pipe"],
});
let complaints = "";
watching.stderr.on("data", (bytes) => {
  complaints += bytes;
});
const ended = once(watching, "close");
const lines = createInterface({ input: watching.stdout })[Symbol.asyncIterator]();
await lines.next();
spawnSync("mkdir", ["-m", "1777", files]);
chmodSync(work, 0o755);
/** @type {string[]} */
const unrun = [];
for (const [at, stressor] of values.stressor.entries()) {
  if (watching.exitCode !== null || watching.signalCode !== null) break;
  if (isRoot) switchHost(before, at % 2 === 0);
  unrun.push(...(await storm(stressor)));
}
restoreHost(before);
watching.stdin.end();
const { value: last } = await lines.next();
const [code, signal] = await ended;

const faults = code === 0 ? stormFaults(JSON.parse(last ?? "null"), WATCHERS) : [];
faults.push(...unrun);
if (code !== 0)
  faults.push(`the watching process ended with ${code ?? signal}: ${complaints.trim()}`);
else if (complaints !== "") process.stderr.write(complaints);
const [was, is] = [JSON.stringify(before), JSON.stringify(hostState())];
if (was !== is) faults.push(`the host was ${was}, and is ${is}`);
console.log(last ?? "");
for (const fault of faults) console.log(`fault: ${fault}`);
console.log(`${values.stressor.length} stressors of ${each} s, ${faults.length} faults`);
process.exitCode = faults.length > 0 ? 1 : 0;

/** @param {string} stressor */
async function storm(stressor) {
  const args = [`--${stressor}`, "1", "--timeout", `${each}s`, "--quiet", "--temp-path", files];
  const nobody = ["--reuid=65534", "--regid=65534", "--clear-groups", "stress-ng"];
  const child =
    isRoot && !PRIVILEGED.includes(stressor)
      ? spawn("setpriv", [...nobody, ...args], { stdio: "ignore" })
      : spawn("stress-ng", args, { stdio: "ignore" });
  const timer = setTimeout(() => child.kill("SIGKILL"), each * 1000 + 30_000);
  const [status] = await once(child, "exit");
  clearTimeout(timer);
  const verdict = status === 0 ? "ran" : `exit status ${status}`;
  console.log(`${stressor}: ${verdict}`);
  return status === 0 ? [] : [`${stressor}: ${verdict}`];
}
