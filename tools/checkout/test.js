// @ts-check
/** npm test: sets up, then types, lint, format, unit and kernel tests. */
import { become } from "./run.js";
import { ENV, ROOT, setUp } from "./setup.js";

setUp();
become("pnpm", ["run", "ok"], { cwd: ROOT, env: ENV });
