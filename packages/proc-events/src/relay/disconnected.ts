import type { LostEvent } from "../event/proc-event.ts";

/**
 * What tells of events missed while a connection was down.
 *
 * @param count how many; null when it is not known
 * @param sinceNs time of the last event that came; undefined when none did
 */
export function disconnected(
  count: number | null,
  sinceNs: bigint | undefined,
  now: bigint,
): LostEvent {
  // A listener says the former itself: it may be anything.
  const since = sinceNs === undefined || sinceNs > now ? now : sinceNs;
  const reason = "disconnected";
  return { type: "lost", timeNs: now, reason, count, sinceNs: since, untilNs: now };
}
