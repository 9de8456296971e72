// @ts-check
// Prints every command of this host that fails, until one exits with 7: here a shell of its own. Needs no privilege.
import { spawn } from "node:child_process";
import { processEvents } from "@task-watchers/proc-events";

const events = await processEvents({ failed: true });
spawn("sh", ["-c", "sleep 0.1; exit 7"]);
for await (const event of events) {
  if (event.type === "lost") console.log(`${event.count ?? "some"} events were lost`);
  if (event.type !== "exit") continue;
  // What other processes call themselves is theirs to choose: JSON keeps it from acting on the terminal.
  console.log(
    JSON.stringify(event.exec?.argv),
    "ended with",
    event.code ?? `signal ${event.signal}`,
  );
  if (event.code === 7) break;
}
