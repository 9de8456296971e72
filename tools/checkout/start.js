// @ts-check
/** npm start [-- command…]: sets up, then watches every task of a command, run where the caller stands; by default, of a typecheck of this workspace. */
import { become } from "./run.js";
import { CLI, ENV, ROOT, setUp } from "./setup.js";

setUp();
const given = process.argv.slice(2);
const options = given[0]?.startsWith("-") ? given : ["--live", "--", ...given];
const work = ["turbo", "run", "check", "--output-logs=none"];
become(
  process.execPath,
  [CLI, "run", ...(given.length > 0 ? options : ["--live", "--with", "delayacct", "--", ...work])],
  given.length > 0 ? { cwd: process.env["INIT_CWD"] ?? process.cwd() } : { cwd: ROOT, env: ENV },
);
