import type { DelayAccountingState } from "../switch/sysctl.ts";

/** How long a state is believed, milliseconds: others may turn the switch. */
const BELIEVED_MS = 1000;

/** Whether delay accounting is on, asked for now and then. */
export class SwitchWatch {
  readonly #read: () => DelayAccountingState;
  #state: DelayAccountingState;
  #readMs: number;

  constructor(read: () => DelayAccountingState) {
    this.#read = read;
    this.#state = read();
    this.#readMs = performance.now();
  }

  get state(): DelayAccountingState {
    const nowMs = performance.now();
    if (nowMs - this.#readMs >= BELIEVED_MS) {
      this.#state = this.#read();
      this.#readMs = nowMs;
    }
    return this.#state;
  }

  /** Whether a task had it on when it began; undefined when that is not known. */
  wasOnFor(existing: boolean): boolean | undefined {
    const { state } = this;
    if (state === "off") return false;
    return state === "on" && !existing ? true : undefined;
  }
}
