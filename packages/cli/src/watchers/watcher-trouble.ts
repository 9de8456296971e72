import { type ModuleListing, taskWatchers, type WatcherError } from "@task-watchers/chain";
import { printable } from "../report/terminal-text.ts";

/** Errors of one watcher that are shown; the summary counts them all. */
const SHOWN = 3;

/** Says what goes wrong in watchers: modules that did not open at once, errors as they come, the first few of each. */
export class WatcherTrouble {
  readonly #print: (line: string) => void;
  readonly #counts = new Map<string, number>();
  readonly #detach: () => void;

  constructor(print: (line: string) => void) {
    this.#print = print;
    this.#detach = taskWatchers.onError(this.#onError);
  }

  /** Errors so far. */
  get errors(): number {
    return [...this.#counts.values()].reduce((sum, n) => sum + n, 0);
  }

  /** To be called once the modules were opened. */
  sayWhatFailed(): void {
    for (const module of taskWatchers.list()) {
      const line = failure(module);
      if (line !== undefined) this.#print(line);
    }
  }

  close(): void {
    this.#detach();
  }

  readonly #onError = (error: WatcherError): void => {
    const n = (this.#counts.get(error.watcher) ?? 0) + 1;
    this.#counts.set(error.watcher, n);
    if (n <= SHOWN) this.#print(printable(error.message));
    if (n === SHOWN)
      this.#print(printable(`watcher ${error.watcher}: further errors are only counted`));
  };
}

function failure({ name, state, error }: ModuleListing): string | undefined {
  return state === "failed"
    ? printable(`watcher ${name} is off: ${error ?? "it failed"}`)
    : undefined;
}
