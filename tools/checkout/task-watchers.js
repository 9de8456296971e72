// @ts-check
/** npm run -s task-watchers -- …: the command of this checkout, where the caller stands. */
import { become } from "./run.js";
import { CLI, setUp } from "./setup.js";

setUp();
become(process.execPath, [CLI, ...process.argv.slice(2)], {
  cwd: process.env["INIT_CWD"] ?? process.cwd(),
});
