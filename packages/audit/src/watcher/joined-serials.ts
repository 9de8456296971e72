import type { AuditStamp } from "../record/audit-record.ts";
import type { TaskSpan } from "./past-tasks.ts";

/** Events of each half: as many as an assembler knows to be told. */
const HALF = 4096;

interface Joined {
  readonly stamp: AuditStamp;
  readonly span: TaskSpan;
}

/** Whose the last events were: what comes late of one may not name its process, and has the serial only. */
export class JoinedSerials {
  #young = new Map<number, Joined>();
  #old: ReadonlyMap<number, Joined> = new Map();

  add(stamp: AuditStamp, span: TaskSpan): void {
    this.#young.set(stamp.serial, { stamp, span });
    if (this.#young.size < HALF) return;
    this.#old = this.#young;
    this.#young = new Map();
  }

  get({ seconds, milliseconds, serial }: AuditStamp): TaskSpan | undefined {
    const joined = this.#young.get(serial) ?? this.#old.get(serial);
    const isSame = joined?.stamp.seconds === seconds && joined.stamp.milliseconds === milliseconds;
    return isSame ? joined.span : undefined;
  }
}
