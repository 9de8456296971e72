import type { AuditStamp } from "../record/audit-record.ts";

/** Remembers the last events that were told, so that a late record of one is known for what it is. */
export class ToldEvents {
  readonly #size: number;
  readonly #stamps = new Map<number | string, AuditStamp>();

  constructor(size: number) {
    this.#size = size;
  }

  add(key: number | string, stamp: AuditStamp): void {
    // Set anew it is the youngest, and the oldest comes first.
    this.#stamps.delete(key);
    this.#stamps.set(key, stamp);
    if (this.#stamps.size <= this.#size) return;
    for (const [oldest] of this.#stamps) {
      this.#stamps.delete(oldest);
      return;
    }
  }

  has(key: number | string, { seconds, milliseconds }: AuditStamp): boolean {
    const told = this.#stamps.get(key);
    return told?.seconds === seconds && told.milliseconds === milliseconds;
  }
}
