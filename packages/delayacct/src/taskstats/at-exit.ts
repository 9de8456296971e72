/** Does things at the end of the process, by one hook however many they are; by none while there are none. */
export class AtExit {
  readonly #actions = new Set<() => void>();

  /** Each is done once; none may throw. */
  add(action: () => void): void {
    if (this.#actions.size === 0) process.once("exit", this.#run);
    this.#actions.add(action);
  }

  delete(action: () => void): void {
    this.#actions.delete(action);
    if (this.#actions.size === 0) process.off("exit", this.#run);
  }

  readonly #run = (): void => {
    for (const action of this.#actions) action();
  };
}
