/** The calls that began between two changes of a chain; only those that sleep are counted. */
export interface Epoch {
  /** Calls that wait for a promise. */
  sleeping: number;
  /** Called when the last of them ends. */
  onDrained: (() => void) | undefined;
}

/**
 * Tells when every call that began before now is over, as `synchronize_srcu()` does. A call reads
 * `epoch` when it begins and has to `enter` it only when it starts to sleep: a call that does not
 * is over before any promise callback runs.
 */
export class GracePeriod {
  /** The epoch of calls that begin now. */
  epoch: Epoch = { sleeping: 0, onDrained: undefined };
  #earlier: Promise<void> | undefined;

  enter(epoch: Epoch): void {
    epoch.sleeping += 1;
  }

  leave(epoch: Epoch): void {
    epoch.sleeping -= 1;
    if (epoch.sleeping === 0) {
      epoch.onDrained?.();
    }
  }

  /** Resolves when all calls that began before this one are over. Never rejects. */
  over(): Promise<void> {
    const closed = this.epoch;
    this.epoch = { sleeping: 0, onDrained: undefined };
    const over = drained(this.#earlier, closed);
    this.#earlier = over;
    return over;
  }
}

async function drained(earlier: Promise<void> | undefined, epoch: Epoch): Promise<void> {
  await earlier;
  if (epoch.sleeping > 0) {
    await new Promise<void>((resolve) => {
      epoch.onDrained = resolve;
    });
  }
}
