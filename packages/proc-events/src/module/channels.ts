import { type Channel, channel } from "node:diagnostics_channel";
import { TASK_NOTICES, type TaskNoticeName } from "@task-watchers/chain";
import {
  type LostEvent,
  PROC_EVENT_KINDS,
  type ProcEvent,
  type ProcEventKind,
  type TaskProcEvent,
} from "../event/proc-event.ts";

/** Names of the diagnostics channels begin with this; a kind of event, or `lost`, follows. */
export const CHANNEL_PREFIX = "task-watchers:";

/**
 * The channels of node:diagnostics_channel: `task-watchers:fork` … `task-watchers:exit`, and `task-watchers:lost`. A
 * message is the event. Whoever subscribes needs neither this package nor an agreement with it.
 */
export class Channels {
  readonly #channels: Readonly<Record<string, Channel>> = Object.fromEntries(
    [...PROC_EVENT_KINDS, "lost"].map((kind) => [kind, channel(CHANNEL_PREFIX + kind)]),
  );

  /** Whether anybody listens to such events. */
  want(kind: ProcEventKind | "lost"): boolean {
    return this.#channels[kind]?.hasSubscribers === true;
  }

  /** The notices that somebody listens to now. */
  get notices(): readonly TaskNoticeName[] {
    return TASK_NOTICES.filter((notice) => this.want(notice));
  }

  /** Node itself shows what a subscriber throws, as an uncaught exception. */
  publish(event: TaskProcEvent | LostEvent): void {
    const message: ProcEvent = event;
    this.#channels[event.type]?.publish(message);
  }
}
