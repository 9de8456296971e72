// @ts-check
// FORBIDDEN=curl,wget task-watchers run --with ./examples/forbidden-command/index.js -- make
import { taskWatchers } from "@task-watchers/chain";

const forbidden = new Set((process.env["FORBIDDEN"] ?? "curl,wget,nc").split(","));
/** @type {import("@task-watchers/chain").Watch | undefined} */
let watch;
/** @type {string[][]} */
let seen = [];

taskWatchers.load({
  name: "forbidden-command",
  version: "1.0.0",
  lines: { forbidden: "a command that should never run was run" },
  watcher: {
    name: "forbidden-command",
    exec({ argv, timeNs }, task) {
      if (!Array.isArray(argv)) return;
      const command = String(argv[0]).replace(/^.*\//u, "");
      if (!forbidden.has(command)) return;
      watch?.writeLine({ type: "forbidden", timeNs, task: task.id, argv });
      seen.push([String(task.pid), argv.join(" ")]);
    },
  },
  open(opened) {
    watch = opened;
    seen = [];
  },
  close() {
    watch = undefined;
  },
  status: () => ({ state: watch ? "open" : "loaded", counters: { seen: seen.length }, notes: [] }),
  summary() {
    const columns = /** @type {const} */ ([
      { name: "pid", align: "right" },
      { name: "command", align: "left" },
    ]);
    if (seen.length === 0) return [];
    return [{ title: "ran though forbidden", columns, rows: seen, notes: [] }];
  },
});
