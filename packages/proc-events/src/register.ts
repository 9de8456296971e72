/**
 * `node --import @task-watchers/proc-events/register app.js`: watches the whole host while the program runs, for whoever
 * subscribes to the diagnostics channels or asks `procEvents`. Neither holds up the program's end nor makes it fail. @module
 */
import { watchInBackground } from "@task-watchers/tasks";
import { loadProcEvents } from "./module/shared.ts";

loadProcEvents();
await watchInBackground("no process events");
