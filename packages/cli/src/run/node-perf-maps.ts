import { lstatSync, statSync, unlinkSync } from "node:fs";
import { taskWatchers } from "@task-watchers/chain";
import { isUnavailable, ProcReader } from "@task-watchers/linux/procfs";

/** What makes V8 tell of what it compiles: functions only, and interpreted ones by their own names too. */
const FLAGS = "--perf-basic-prof-only-functions --interpreted-frames-native-stack";

/** Where V8 puts maps. */
const FOLDER = "/tmp";

/**
 * Maps that Node.js programs write of what they compile, `/tmp/perf-<pid>.map`: asked for through the environment, and
 * taken away again when the profile has been made of them.
 */
export class NodePerfMaps {
  readonly #beganMs = Date.now();
  /** Numbers that programs may have named their maps by. */
  readonly #pids = new Set<number>();
  readonly #proc = new ProcReader();
  readonly #unregister: () => void;

  constructor() {
    const registration = taskWatchers.chain.register({
      name: "node-perf-maps",
      exec: (_event, { tgid }) => this.#remember(tgid),
    });
    // Resolves when no watcher is at work any more, which may be never.
    this.#unregister = () => void registration.unregister();
  }

  /** Adds to our environment what programs started from now on are to find there. */
  ask(): void {
    const { NODE_OPTIONS: options } = process.env;
    process.env["NODE_OPTIONS"] = options ? `${options} ${FLAGS}` : FLAGS;
  }

  /** Removes the maps of this run's tasks that we may remove. */
  clear(): void {
    this.#unregister();
    for (const pid of this.#pids) {
      const path = `${FOLDER}/perf-${pid}.map`;
      try {
        const { mtimeMs } = lstatSync(path);
        if (mtimeMs >= this.#beganMs - 1000) unlinkSync(path);
      } catch {
        // There is none, or it is another's.
      }
    }
  }

  #remember(tgid: number): void {
    this.#pids.add(tgid);
    const status = this.#proc.status(tgid);
    const own = isUnavailable(status) ? undefined : status.nsPids?.at(-1);
    // In a pid namespace it goes by another number; and where its files are others, so is its map.
    if (own !== undefined && own !== tgid && sharesFolder(tgid)) this.#pids.add(own);
  }
}

function sharesFolder(tgid: number): boolean {
  try {
    const [its, ours] = [statSync(`/proc/${tgid}/root${FOLDER}`), statSync(FOLDER)];
    return its.dev === ours.dev && its.ino === ours.ino;
  } catch {
    return false;
  }
}
