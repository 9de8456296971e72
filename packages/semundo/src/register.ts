/**
 * `node --import @task-watchers/semundo/register app.js`: the ends of holders are also heard of as task events while the program
 * runs. Neither holds up the program's end nor makes it fail. @module
 */
import { watchInBackground } from "@task-watchers/tasks";
import { loadSemundo } from "./undo/shared.ts";

loadSemundo();
await watchInBackground("ends of holders come by pidfd alone");
