// @ts-check
/** Run with `node --import @task-watchers/<name>/register`: a program that does not know of it, with a child. */
import { spawnSync } from "node:child_process";

const { status } = spawnSync("sh", ["-c", "/bin/true; exit 3"]);
console.log(JSON.stringify({ status }));
