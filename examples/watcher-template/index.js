// @ts-check
/**
 * A watcher: it registers when it is imported, as a module does.
 *
 *     task-watchers run --with ./watcher-template/index.js -- make
 */
import { taskWatchers } from "@task-watchers/chain";

/** What is kept of each task: set up at `init`, let go at `free`, and nowhere else. */
const programs = new Map();
/** @type {import("@task-watchers/chain").Watch | undefined} */
let watch;
let told = 0;

taskWatchers.load({
  name: "template",
  version: "0.0.0",
  // The types of lines it writes to a trace, each with a sentence for its reader.
  lines: { "template.programs": "how many programs a task ran in its life" },
  watcher: {
    name: "template",
    // Also raised for tasks that were there before: then `event.existing` is true.
    init: (_event, task) => void programs.set(task, 0),
    exec: (_event, task) => void programs.set(task, (programs.get(task) ?? 0) + 1),
    // Return a promise to hold `free` back until a late fact has come.
    exit(event, task) {
      told++;
      const { timeNs } = event;
      watch?.writeLine({
        type: "template.programs",
        timeNs,
        task: task.id,
        count: programs.get(task),
      });
    },
    // May come for a task whose `init` was never seen.
    free: (_event, task) => void programs.delete(task),
  },
  // Open what the kernel has to give here; throw to say why it cannot be had. The others go on.
  open(opened) {
    watch = opened;
    told = 0;
  },
  close() {
    watch = undefined;
  },
  status: () => ({ state: watch ? "open" : "loaded", counters: { told }, notes: [] }),
});
