import type { AuditEvent } from "./audit-event.ts";

/** What an assembler holds at most. */
export interface AssemblyBounds {
  /** Events in the making (default 4096). */
  readonly maxEvents: number;
  /** Bytes of their bodies (default 16 MiB). */
  readonly maxBytes: number;
  /** Bytes kept of one event (default 1 MiB: any arguments of 64 KiB are whole, in whatever form the kernel writes them). */
  readonly maxEventBytes: number;
  /** Records kept of one event (default 512). */
  readonly maxEventRecords: number;
  /** How long an event may wait for its end, milliseconds (default 2000, as auditd's tools have it). */
  readonly maxAgeMs: number;
}

/** How events are put together. */
export interface AssemblerOptions extends Partial<AssemblyBounds> {
  /** Told of each event, in the order in which they end. What it throws reaches who pushed the record. */
  readonly onEvent: (event: AuditEvent) => void;
  /**
   * Counts serials that never came (default false). They mean loss only where everything comes: not in a log that was
   * searched, nor behind a filter of one's own.
   */
  readonly countMissingSerials?: boolean;
}

const DEFAULTS: AssemblyBounds = {
  maxEvents: 4096,
  maxBytes: 16 * 1024 * 1024,
  maxEventBytes: 1024 * 1024,
  maxEventRecords: 512,
  maxAgeMs: 2000,
};

/** The bounds, with defaults. @throws RangeError that names the bound and what would be right */
export function assemblyBounds(options: Partial<AssemblyBounds>): AssemblyBounds {
  const bounds = { ...DEFAULTS };
  for (const name of Object.keys(DEFAULTS) as (keyof AssemblyBounds)[]) {
    const value = options[name] ?? DEFAULTS[name];
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(`${name} must be a whole number from 1 on, got ${value}`);
    }
    Object.assign(bounds, { [name]: value });
  }
  return bounds;
}
