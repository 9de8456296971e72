/**
 * `node --import @task-watchers/delayacct/register app.js`: accounts for every task of the host while the program runs, for
 * whoever asks `delayacct`. Neither holds up the program's end nor makes it fail. @module
 */
import { watchInBackground } from "@task-watchers/tasks";
import { loadDelayacct } from "./watcher/shared.ts";

loadDelayacct();
await watchInBackground("no accounting of tasks");
