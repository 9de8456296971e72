// @ts-check
/**
 * A listener as a process of its own. `reader.js connector|bpf`: the source alone, each event counted; of BPF each exec with all its
 * facts. `reader.js watch-connector|watch-bpf`: the whole way, every task of the host through the table and the chain to a watcher, with
 * what each exec ran. Says "ready" when it listens; on SIGTERM prints what it counted and ends.
 */
import { openBpfSource } from "@task-watchers/bpf/source";
import { TaskWatchers } from "@task-watchers/chain";
import { monotonicNs, touchThreadName } from "@task-watchers/linux";
import { openNetlinkSocket } from "@task-watchers/netlink";
import { watchTasks } from "@task-watchers/tasks";
import { Connector, LIFE_EVENTS } from "@task-watchers/tasks/connector";

let events = 0;
let execs = 0;
let withArguments = 0;
const count = () => {
  events++;
};
const sink = { event: count, lost: () => {}, settled: () => {}, facts: () => {} };

function openSocket() {
  return openNetlinkSocket({ protocol: 11, datagramBytes: 128, batch: 256 });
}

/** @returns {Promise<{ lost(): number, close(): void | Promise<void> }>} */
async function open(/** @type {string | undefined} */ what) {
  if (what === "connector" || what === "bpf") {
    const source =
      what === "bpf"
        ? (await openBpfSource())(sink)
        : new Connector({
            open: openSocket,
            openBell: openSocket,
            touch: touchThreadName,
            now: monotonicNs,
            mask: LIFE_EVENTS,
            tgid: process.pid,
            sink,
          });
    source.start();
    return { lost: () => source.counters().lost, close: () => source.close() };
  }
  const watchers = new TaskWatchers();
  watchers.register({
    name: "count",
    clone: count,
    exec: ({ argv }) => {
      events++;
      execs++;
      if (Array.isArray(argv)) withArguments++;
    },
    exit: count,
  });
  const watch = await watchTasks({
    scope: "all",
    watchers,
    ...(what === "watch-bpf" && { events: await openBpfSource() }),
  });
  const lost = () => {
    const { connector, source } = watch.counters();
    return connector?.lost ?? source?.counters.lost ?? 0;
  };
  return { lost, close: () => watch.close() };
}

const opened = await open(process.argv[2]);
process.on("SIGTERM", async () => {
  const lost = opened.lost();
  await opened.close();
  process.stdout.write(`${JSON.stringify({ events, execs, withArguments, lost })}\n`);
});
process.stdout.write("ready\n");
