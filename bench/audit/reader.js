// @ts-check
/**
 * Ours, as a process of its own. `reader.js records`: reads the kernel's records and counts them. `reader.js facts`: the whole
 * way, records put together into events and these decoded. Says "ready" when it listens; at the end of its input reads what is left,
 * prints its counters and ends.
 */
import { openAuditReader } from "@task-watchers/audit/client";
import { Assembler, factsOf } from "@task-watchers/audit/log";
import { PROGRAM } from "./load.js";

let execs = 0;
let whole = 0;
const assembler = new Assembler({
  countMissingSerials: true,
  onEvent: (event) => {
    const { argv, partial, missing, syscallName } = factsOf(event);
    // Others exec as well.
    if (syscallName !== "execve" || argv?.[0] !== PROGRAM) return;
    execs++;
    if (partial.length === 0 && missing["argv"] === undefined && argv[1] === "end") whole++;
  },
});
const aging = setInterval(() => assembler.age(performance.now()), 500);

const reader = await openAuditReader({
  onRecord: process.argv[2] === "facts" ? (type, text) => assembler.pushText(type, text) : () => {},
  onLost: () => {},
});

function end() {
  clearInterval(aging);
  reader.drain();
  const { told, lost } = reader.counters;
  reader.close();
  assembler.flush();
  const { missingSerials } = assembler.counters;
  process.stdout.write(`${JSON.stringify({ told, lost, execs, whole, missingSerials })}\n`);
}
// Closed also when whoever started us was killed.
process.stdin.once("end", end).resume();
process.stdout.write("ready\n");
