// @ts-check
// node limit.js NAME COUNT COMMAND…: runs a command when fewer than COUNT hold the NAME on this host, and waits for that.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { slots } from "@task-watchers/semundo/slots";

const [name = "", count = "", command = "", ...args] = process.argv.slice(2);
const places = await slots(name, { count: Number(count) });
// The child has the slot as long as it lives, however it ends, and whatever becomes of us.
const child = await places.start(() => spawn(command, args, { stdio: "inherit" }));
const [code] = child.exitCode === null ? await once(child, "exit") : [child.exitCode];
process.exitCode = code ?? 1;
await places.close();
