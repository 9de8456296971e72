/**
 * `node --import @task-watchers/audit/register app.js`: joins the kernel's audit records to every task of the host while the
 * program runs, for whoever asks `audit`. Neither holds up the program's end nor makes it fail. @module
 */
import { watchInBackground } from "@task-watchers/tasks";
import { loadAudit } from "./watcher/shared.ts";

loadAudit();
await watchInBackground("no audit of tasks");
