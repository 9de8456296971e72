// @ts-check
/** Imports every entry of every package of ours that is installed beside this file, but those that start a watch. */
import { readdirSync, readFileSync } from "node:fs";

const folder = new URL("node_modules/@task-watchers/", import.meta.url);
let count = 0;
for (const name of readdirSync(folder)) {
  const text = readFileSync(new URL(`${name}/package.json`, folder), "utf8");
  for (const entry of Object.keys(JSON.parse(text).exports)) {
    if (entry === "./register" || entry.endsWith(".json")) continue;
    await import(`@task-watchers/${name}${entry.slice(1)}`);
    count++;
  }
}
if (count === 0) throw new Error(`nothing to import in ${folder.pathname}`);
console.log(`${count} entries on ${process.platform} ${process.arch}`);
