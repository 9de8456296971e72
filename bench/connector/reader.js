// @ts-check
/**
 * Ours, as a process of its own. `reader.js connector`: only the connector, each event counted. `reader.js tasks`: the whole
 * way, every task of the host through the table and the chain to a watcher, with what each exec ran. Says "ready" when
 * it listens; on SIGTERM prints its counters and ends.
 */
import { TaskWatchers } from "@task-watchers/chain";
import { monotonicNs, touchThreadName } from "@task-watchers/linux";
import { openNetlinkSocket } from "@task-watchers/netlink";
import { watchTasks } from "@task-watchers/tasks";
import { Connector, LIFE_EVENTS } from "@task-watchers/tasks/connector";

let events = 0;
const count = () => {
  events++;
};

function openSocket() {
  return openNetlinkSocket({ protocol: 11, datagramBytes: 128, batch: 256 });
}

function connector() {
  const connector = new Connector({
    open: openSocket,
    openBell: openSocket,
    touch: touchThreadName,
    now: monotonicNs,
    mask: LIFE_EVENTS,
    tgid: process.pid,
    sink: { event: count, lost: () => {}, settled: () => {} },
  });
  connector.start();
  return { counters: () => connector.counters(), close: async () => connector.close() };
}

async function tasks() {
  const watchers = new TaskWatchers();
  watchers.register({ name: "count", clone: count, exec: count, exit: count });
  const watch = await watchTasks({ scope: "all", watchers });
  return { counters: () => watch.counters().connector, close: () => watch.close() };
}

const watch = process.argv[2] === "connector" ? connector() : await tasks();
process.on("SIGTERM", async () => {
  const counters = watch.counters();
  await watch.close();
  process.stdout.write(`${JSON.stringify({ events, ...counters })}\n`);
});
process.stdout.write("ready\n");
