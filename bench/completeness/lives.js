// @ts-check
/**
 * How often each process and thread of a descent was forked, ran a program and ended: by the tracepoints, and by a trace of ours.
 *
 * @typedef {object} Lives by process id, or thread id of those that are no process's first
 * @property {Map<number, Life>} processes
 * @property {Map<number, Life>} threads
 */
/** @typedef {{ forks: number, execs: number, exits: number }} Life */
/** A process, by the first fork of that id since then: ids are used again. @typedef {{ readonly pid: number, readonly sinceNs: bigint }} Root */
/** @typedef {import("./tracepoints.js").Tracepoint} Tracepoint */
/** @typedef {import("@task-watchers/trace").AnyLine} AnyLine */

/**
 * By the tracepoints: of a process and all that descends from it.
 *
 * @param {readonly Tracepoint[]} tracepoints in order
 * @param {Root} root
 * @returns {Lives}
 */
export function livesByTracepoints(tracepoints, root) {
  const lives = newLives();
  const tgids = threadGroups(tracepoints);
  /** Threads of the descent that live. @type {Set<number>} */
  const alive = new Set();
  for (const [at, point] of tracepoints.entries()) {
    if (point.type === "fork") {
      const isFirst = lives.processes.size === 0 && point.timeNs >= root.sinceNs;
      const isRoot = point.child === root.pid && isFirst;
      if (!isRoot && !alive.has(point.tid)) continue;
      alive.add(point.child);
      const tgid = tgids.get(at) ?? point.child;
      lifeIn(tgid === point.child ? lives.processes : lives.threads, point.child).forks++;
      continue;
    }
    if (point.type === "exec") {
      // A thread that runs a program gets the id of its process's first.
      if (alive.delete(point.oldTid)) alive.add(point.pid);
      if (alive.has(point.pid)) lifeIn(lives.processes, point.pid).execs++;
      continue;
    }
    if (!alive.delete(point.tid)) continue;
    if (point.tid !== point.pid) lifeIn(lives.threads, point.tid).exits++;
    if (point.isLast ?? point.tid === point.pid) lifeIn(lives.processes, point.pid).exits++;
  }
  return lives;
}

/**
 * The process of each forked task, by the fork's place: the fork itself does not say it, its first own tracepoint does.
 *
 * @param {readonly Tracepoint[]} tracepoints
 */
function threadGroups(tracepoints) {
  /** @type {Map<number, number>} */
  const groups = new Map();
  /** @type {Map<number, number>} */
  const unknown = new Map();
  for (const [at, point] of tracepoints.entries()) {
    const tid = point.type === "exec" ? point.oldTid : point.tid;
    const fork = unknown.get(tid);
    if (fork !== undefined) {
      unknown.delete(tid);
      groups.set(fork, point.pid);
    }
    if (point.type === "fork") unknown.set(point.child, at);
  }
  return groups;
}

/**
 * The lines of a trace that are of a process and all that descends from it.
 *
 * @param {readonly AnyLine[]} lines
 * @param {Root} root
 * @returns {AnyLine[]}
 */
export function descentIn(lines, { pid, sinceNs }) {
  /** @type {Set<unknown>} */
  const tasks = new Set();
  return lines.filter((line) => {
    if (line.type === "clone" || (line.type === "init" && line["existing"] !== true)) {
      const isRoot =
        line["pid"] === pid && tasks.size === 0 && BigInt(String(line["timeNs"])) >= sinceNs;
      if (isRoot || tasks.has(line["parent"])) tasks.add(line["task"]);
    }
    return tasks.has(line["task"]);
  });
}

/**
 * By those lines of a trace.
 *
 * @param {readonly AnyLine[]} lines
 * @returns {Lives}
 */
export function livesByTrace(lines) {
  const lives = newLives();
  for (const { type, pid, tgid, raised } of lines) {
    const life = lifeIn(pid === tgid ? lives.processes : lives.threads, Number(pid));
    if (type === "clone") life.forks++;
    if (type === "exec") life.execs++;
    // It was told of beforehand, and did not come.
    if (type === "exec-failed" && raised === true) life.execs--;
    if (type === "exit") life.exits++;
  }
  return lives;
}

/** @param {Lives} lives */
export function sums({ processes, threads }) {
  const sum = (/** @type {Map<number, Life>} */ map, /** @type {keyof Life} */ key) =>
    [...map.values()].reduce((all, life) => all + life[key], 0);
  return {
    forks: sum(processes, "forks"),
    execs: sum(processes, "execs"),
    exits: sum(processes, "exits"),
    threadForks: sum(threads, "forks"),
    threadExits: sum(threads, "exits"),
  };
}

/**
 * Where two differ, one line for each.
 *
 * @param {Map<number, Life>} ours
 * @param {Map<number, Life>} theirs
 */
export function differences(ours, theirs) {
  const text = (/** @type {Life | undefined} */ life) =>
    life === undefined ? "unknown" : `${life.forks} forks ${life.execs} execs ${life.exits} exits`;
  return [...new Set([...ours.keys(), ...theirs.keys()])]
    .map((id) => [id, text(ours.get(id)), text(theirs.get(id))])
    .filter(([, own, other]) => own !== other)
    .map(([id, own, other]) => `${id}: told ${own}, the tracepoints ${other}`);
}

/** @returns {Lives} */
function newLives() {
  return { processes: new Map(), threads: new Map() };
}

/** @param {Map<number, Life>} map @param {number} id */
function lifeIn(map, id) {
  const found = map.get(id) ?? { forks: 0, execs: 0, exits: 0 };
  map.set(id, found);
  return found;
}
