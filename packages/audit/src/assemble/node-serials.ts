import { Serials } from "./serials.ts";

/** Hosts whose serials are watched; those of further ones are not, for a name is only text. */
const MAX_NODES = 64;

/** Serials of every host that a log was collected from. */
export class NodeSerials {
  readonly #nodes = new Map<string | undefined, Serials>();

  see(serial: number, node: string | undefined): void {
    let serials = this.#nodes.get(node);
    if (serials === undefined) {
      if (this.#nodes.size === MAX_NODES) return;
      this.#nodes.set(node, (serials = new Serials()));
    }
    serials.see(serial);
  }

  /** Time has passed: settles what was open at the last turn. */
  turn(): void {
    for (const serials of this.#nodes.values()) {
      serials.settleMarked();
      serials.mark();
    }
  }

  /** Nothing more will come. */
  settle(): void {
    for (const serials of this.#nodes.values()) serials.settle();
  }

  totals(): { readonly missing: number; readonly restarts: number } {
    let [missing, restarts] = [0, 0];
    for (const serials of this.#nodes.values()) {
      missing += serials.missing;
      restarts += serials.restarts;
    }
    return { missing, restarts };
  }
}
