// @ts-check
/** Listens to the relay at the socket it is given: `relay-listener.js PATH`. Ends when its input does. */
import { connectRelay } from "@task-watchers/proc-events/relay";

for (const signal of ["SIGINT", "SIGHUP", "SIGTERM"]) process.on(signal, () => {});
const events = await connectRelay(process.argv[2] ?? "");
process.stdin.once("end", () => process.exit()).resume();
process.stdout.write("ready\n");
for await (const event of events) if (event === undefined) throw new Error("no event");
