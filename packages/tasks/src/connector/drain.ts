import type { ConnectorSocket } from "./connector-socket.ts";
import { TURN_EVENTS } from "./pace.ts";

/** Events told between two looks at the kernel's queues. */
const TOLD_AT_ONCE = 128;

/**
 * Reads and tells until nothing is left or a turn's worth of events was told; returns how many. Notices are told among the
 * events of tasks' lives where their time says: after the fork of their task, before its exit.
 *
 * @param goesOn false when a listener has closed us
 * @param hear does what is in a hurry, before every look at the queues
 */
export function drainSockets(
  life: ConnectorSocket,
  notices: ConnectorSocket | undefined,
  goesOn: () => boolean,
  hear: () => void = () => {},
): number {
  let told = 0;
  while (told < TURN_EVENTS) {
    hear();
    life.receive();
    // Whatever came before one of these is in the other queue when that is read next.
    let settled = Math.min(life.queued, TOLD_AT_ONCE);
    if (notices !== undefined) {
      notices.receive();
      // And the fork of a notice that was read is here after this.
      life.receive();
    }
    const before = told;
    for (let n = 0; n < TOLD_AT_ONCE; n++) {
      if (notices === undefined || notices.queued === 0 || isEarlier(life, notices)) {
        if (settled-- <= 0) break;
        life.tell();
      } else {
        notices.tell();
      }
      told++;
      if (!goesOn()) return told;
    }
    // Notices may wait for what is read next. Otherwise what came while these were told has a signal of its own.
    if (life.queued === 0 && (notices === undefined || told === before)) return told;
  }
  return told;
}

/** Whether the oldest event of `a` is not younger than that of `b`, which has one. */
function isEarlier(a: ConnectorSocket, b: ConnectorSocket): boolean {
  return a.queued > 0 && a.nextNs <= b.nextNs;
}
