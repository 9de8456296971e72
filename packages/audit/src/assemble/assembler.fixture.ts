import type { AuditEvent } from "./audit-event.ts";
import { Assembler } from "./assembler.ts";
import type { AssemblerOptions } from "./bounds.ts";

/** Arguments of a short exec. */
export const argv: readonly Uint8Array[] = [Buffer.from("true")];

/** An assembler, and what it told so far. */
export function newAssembler(options: Partial<AssemblerOptions> = {}): {
  assembler: Assembler;
  told: AuditEvent[];
} {
  const told: AuditEvent[] = [];
  const assembler = new Assembler({ ...options, onEvent: (event) => told.push(event) });
  return { assembler, told };
}

export function serials(events: readonly AuditEvent[]): number[] {
  return events.map(({ stamp }) => stamp.serial);
}
