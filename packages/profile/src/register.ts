/**
 * `node --import @task-watchers/profile/register app.js`: samples all that the program starts while it runs, for whoever asks
 * `profile`. Neither holds up the program's end nor makes it fail. @module
 */
import { watchInBackground } from "@task-watchers/tasks";
import { loadProfile } from "./watcher/shared.ts";

loadProfile();
await watchInBackground("no profile of tasks");
