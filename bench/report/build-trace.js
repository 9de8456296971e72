// @ts-check
/** A trace that looks like a parallel build, of any size: made up, always the same. */
import { formatLine } from "@task-watchers/trace";

const START_NS = 34_075_760_307_561n;
const JOBS = 16;
const IDS = { ruid: 1000, euid: 1000, rgid: 1000, egid: 1000 };

/**
 * @typedef {{ pid: number, ppid: number, startNs: number }} Task
 * @param {number} tasks about how many
 * @returns {Generator<string>} its lines; six for a task
 */
export function* buildTrace(tasks) {
  let nowNs = 0;
  let pid = 1000;
  let state = 1;
  const random = () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
  const time = () => String(START_NS + BigInt(Math.round(nowNs)));
  /** @param {Task} task */
  const of = (task) => ({
    timeNs: time(),
    task: `${task.pid}.34075${task.pid}`,
    pid: task.pid,
    tgid: task.pid,
    ppid: task.ppid,
  });
  /** @param {Task | undefined} parent @param {string[]} argv */
  function* begin(parent, argv) {
    const task = { pid: ++pid, ppid: parent?.pid ?? 1, startNs: nowNs };
    const id = parent && `${parent.pid}.34075${parent.pid}`;
    yield { type: "init", ...of(task), ...(id && { parent: id }), ids: IDS };
    yield { type: "clone", ...of(task) };
    nowNs += 2e5 * random();
    const place = { cwd: `/home/me/project/${pid % 50}`, cgroup: "/user.slice/session-1" };
    yield { type: "exec", ...of(task), exe: argv[0], argv, ...place, ids: IDS };
    return task;
  }
  /** @param {Task} task @param {number} code */
  function* end(task, code) {
    const wallNs = Math.round(nowNs - task.startNs + 1e5);
    yield { type: "exit", ...of(task), code, durationNs: String(wallNs) };
    const onCpuNs = wallNs * (0.3 + 0.5 * random());
    const waitCpuNs = (wallNs - onCpuNs) * random();
    const blkioNs = (wallNs - onCpuNs - waitCpuNs) * random();
    const figures = Object.entries({ wallNs, onCpuNs, waitCpuNs, blkioNs, peakRssBytes: 3e7 });
    const texts = figures.map(([name, value]) => [name, String(Math.round(value))]);
    const rest = { source: "taskstats", comm: "cc1", ...Object.fromEntries(texts) };
    yield { type: "delays", ...of(task), ...rest };
    yield { type: "free", ...of(task) };
  }
  function* lines() {
    const header = { schema: 1, writer: { name: "bench", version: "0" }, host: "h", kernel: "6" };
    const clock = { startNs: String(START_NS), realtimeOffsetNs: "1795402081912333308" };
    const rest = { arch: "x64", bootId: "b", clock, source: { kind: "none" }, modules: [] };
    yield { type: "header", ...header, ...rest, scope: "followed", command: ["make", "-j16"] };
    const make = yield* begin(undefined, ["make", "-j16"]);
    /** @type {[Task, Task][]} */
    const running = [];
    while (pid < 1000 + tasks) {
      if (running.length < JOBS) {
        const name = `sub${pid % 40}/file${pid}`;
        const options = ["-O2", "-Iinclude"];
        const cc = yield* begin(make, ["gcc", ...options, "-c", "-o", `${name}.o`, `${name}.c`]);
        const path = "/usr/lib/gcc/x86_64-linux-gnu/12/cc1";
        const cc1 = yield* begin(cc, [path, ...options, `${name}.c`, "-o", `/tmp/${pid}.s`]);
        running.push([cc, cc1]);
      }
      nowNs += 1e6 + 6e6 * random();
      if (running.length < JOBS) continue;
      const [done] = running.splice(Math.floor(random() * JOBS), 1);
      if (done === undefined) continue;
      const [cc, cc1] = done;
      yield* end(cc1, 0);
      const as = yield* begin(cc, ["as", "--64", "-o", `${pid}.o`, `/tmp/${pid}.s`]);
      nowNs += 2e6;
      yield* end(as, 0);
      yield* end(cc, random() < 0.01 ? 1 : 0);
    }
    for (const [cc, cc1] of running) {
      yield* end(cc1, 0);
      yield* end(cc, 0);
    }
    yield* end(make, 0);
    const seen = { seen: pid - 1000, failed: 0, alive: 0 };
    const summary = { durationNs: String(Math.round(nowNs)), tasks: seen, counters: {} };
    yield { type: "summary", timeNs: time(), ...summary, command: { code: 0 }, modules: [] };
  }
  for (const line of lines()) yield formatLine(line);
}
