import { lstatSync, unlinkSync } from "node:fs";
import { taskWatchers } from "@task-watchers/chain";

/** What makes V8 tell of what it compiles: functions only, and interpreted ones by their own names too. */
const FLAGS = "--perf-basic-prof-only-functions --interpreted-frames-native-stack";

/**
 * Maps that Node.js programs write of what they compile, `/tmp/perf-<pid>.map`: asked for through the environment, and
 * taken away again when the profile has been made of them.
 */
export class NodePerfMaps {
  readonly #beganMs = Date.now();
  readonly #tgids = new Set<number>();
  readonly #unregister: () => void;

  constructor() {
    const registration = taskWatchers.chain.register({
      name: "node-perf-maps",
      exec: (_event, { tgid }) => void this.#tgids.add(tgid),
    });
    // Resolves when no watcher is at work any more, which may be never.
    this.#unregister = () => void registration.unregister();
  }

  /** The environment of the command. */
  environment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    const { NODE_OPTIONS: options } = env;
    return { ...env, NODE_OPTIONS: options ? `${options} ${FLAGS}` : FLAGS };
  }

  /** Removes the maps of this run's tasks that we may remove. */
  clear(): void {
    this.#unregister();
    for (const tgid of this.#tgids) {
      const path = `/tmp/perf-${tgid}.map`;
      try {
        const { mtimeMs } = lstatSync(path);
        if (mtimeMs >= this.#beganMs - 1000) unlinkSync(path);
      } catch {
        // There is none, or it is another's.
      }
    }
  }
}
