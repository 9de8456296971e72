import { AllTasks } from "../table/scope.ts";
import type { StartedWith } from "../table/exec-facts.ts";
import type { WatchRooms } from "./watch-rooms.ts";

/** Turns of reading in which the fork event of a child just started is looked for. */
const FOLLOW_TURNS = 8;

/** Has a watch follow a process and its whole descent; see `TaskWatch.follow`. */
export function follow(rooms: WatchRooms, pid: number, started: StartedWith): void {
  const { scope, table, facts, present, source } = rooms;
  if (!Number.isSafeInteger(pid) || pid <= 0) {
    throw new RangeError(`pid must be a positive integer, got ${pid}`);
  }
  if (scope instanceof AllTasks || table.process(pid)) return;
  const { pidfds } = source;
  if (pidfds) {
    present.adopt(pid, () => pidfds.add(pid));
    return;
  }
  // A child of ours has its fork event queued before spawn returns, though perhaps behind many others.
  scope.await(pid);
  facts.expect(pid, started);
  for (let turns = 0; turns < FOLLOW_TURNS && scope.awaits(pid); turns++) source.drain();
  if (!scope.awaits(pid)) return;
  scope.forget(pid);
  facts.expect(pid, undefined);
  present.adoptDescent(pid);
}
