import { constants } from "node:os";
import type { ExitEvent } from "@task-watchers/chain";
import type { CommandEnd } from "./child.ts";

const SIGNALS: Readonly<Record<string, number>> = constants.signals;

/** The exit event of a command, by what its parent, who has waited for it, knows. As it is where that is no more. */
export function completeExit(event: ExitEvent, { code, signal }: CommandEnd): ExitEvent {
  const { status, ...known } = event;
  if (status === undefined) return event;
  if (code !== undefined) return { ...known, code };
  const number = signal === undefined ? undefined : SIGNALS[signal];
  return number === undefined ? event : { ...known, signal: number };
}
