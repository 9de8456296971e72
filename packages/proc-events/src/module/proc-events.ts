import { type ModuleStatus, type Task, type Watch, type WatcherModule } from "@task-watchers/chain";
import {
  existingFork,
  fromLoss,
  fromNotice,
  fromTask,
  type TellingEvent,
} from "../event/from-task.ts";
import type { ProcEvent, ProcEventKind, TaskProcEvent } from "../event/proc-event.ts";
import { checkOptions } from "../filter/check-options.ts";
import type { ProcEventFilter } from "../filter/filter.ts";
import { ProcEventStream, type StreamOptions } from "../stream/proc-event-stream.ts";
import { VERSION } from "../version.ts";
import { Channels } from "./channels.ts";
import type { ProcEventSource } from "./proc-event-source.ts";
import { Subscribers } from "./subscribers.ts";
import { WatchEar } from "./watch-ear.ts";

/** Which events, and how they wait for their reader. */
export type EventsOptions = ProcEventFilter & StreamOptions;

/** The watcher module of process events. */
export interface ProcEvents extends WatcherModule, ProcEventSource {
  /**
   * The events of the watch in progress, or else of the next one, until it ends.
   *
   * @throws TypeError or RangeError on a bad option; Error `ESRCH` when there is no process `pid`, `EINVAL` when it is a
   *   thread
   */
  events(options?: EventsOptions): ProcEventStream;
}

/** How a module of process events is made. */
export interface ProcEventsOptions {
  /** Name in its registry (default `"proc-events"`). */
  readonly name?: string;
  /** Publish on node:diagnostics_channel as well (default false: the module `procEvents` does so). */
  readonly channels?: boolean;
}

/** A module of process events, for a registry of one's own. */
export function createProcEvents(options: ProcEventsOptions = {}): ProcEvents {
  return new ProcEventsModule(options);
}

class ProcEventsModule implements ProcEvents {
  readonly name: string;
  readonly version: string = VERSION;
  readonly watcher: WatcherModule["watcher"];
  readonly #channels: Channels | undefined;
  readonly #subscribers = new Subscribers(() => this.#askForNotices());
  #watch: Watch | undefined;
  #ear: WatchEar | undefined;
  /** The notices that somebody listened to on a channel when we last looked. */
  #onChannels = "";
  #told = 0;
  #losses = 0;
  #lost = 0;

  constructor({ name = "proc-events", channels = false }: ProcEventsOptions) {
    this.name = name;
    this.#channels = channels ? new Channels() : undefined;
    this.watcher = {
      name,
      existing: true,
      init: (event, task) => {
        if (event.existing) this.#began(event, task);
      },
      clone: (event, task) => this.#began(event, task),
      exec: (event, task) => this.#tell("exec", event, task),
      uid: (event, task) => this.#tell("uid", event, task),
      gid: (event, task) => this.#tell("gid", event, task),
      exit: (event, task) => this.#exited(event, task),
    };
  }

  open(watch: Watch): void {
    this.#watch = watch;
    this.#ear = new WatchEar(watch, {
      lost: (loss) => {
        this.#losses++;
        this.#lost += loss.count ?? 0;
        const event = fromLoss(loss);
        if (this.#channels?.want("lost")) this.#channels.publish(event);
        this.#subscribers.tellLost(event, loss.notices);
      },
      notice: (notice, task) => {
        if (this.#wants(notice.type)) this.#give(fromNotice(notice, task), task);
      },
    });
    this.#askForNotices();
  }

  close(): void {
    this.#ear?.close();
    this.#ear = undefined;
    this.#watch = undefined;
    this.#subscribers.end();
  }

  subscribe(...[filter, sink]: Parameters<ProcEventSource["subscribe"]>): () => void {
    return this.#subscribers.add(filter, sink, this.#watch?.tasks(), existingFork);
  }

  events(options: EventsOptions = {}): ProcEventStream {
    checkOptions(options);
    const { queueLimit, signal, ...filter } = options;
    return new ProcEventStream<ProcEvent>({
      subscribe: (input) =>
        this.subscribe(filter, {
          event: (event) => input.push(event),
          lost: (event) => input.push(event),
          ended: () => input.end(),
        }),
      ...(queueLimit !== undefined && { queueLimit }),
      ...(signal !== undefined && { signal }),
    });
  }

  status(): ModuleStatus {
    const { size, failed } = this.#subscribers;
    return {
      state: this.#watch === undefined ? "loaded" : "open",
      counters: {
        told: this.#told,
        subscribers: size,
        subscribersFailed: failed,
        losses: this.#losses,
        lost: this.#lost,
      },
      notes:
        this.#watch !== undefined && this.#watch.listen === undefined
          ? ["this watch tells neither of losses nor of sid, ptrace, comm and coredump"]
          : [],
    };
  }

  #began(event: TellingEvent, task: Task): void {
    this.#subscribers.began(task);
    // Who subscribes to a channel does not tell us: this is when we look.
    if (this.#channels !== undefined) this.#serveChannels(this.#channels);
    this.#tell("fork", event, task);
  }

  #tell(kind: ProcEventKind, event: TellingEvent, task: Task): void {
    if (this.#wants(kind)) this.#give(fromTask(event, task), task);
  }

  #exited(event: TellingEvent, task: Task): void {
    try {
      this.#tell("exit", event, task);
    } finally {
      this.#subscribers.ended(task);
    }
  }

  /** Nothing is made of an event that nobody wants. */
  #wants(kind: ProcEventKind): boolean {
    return this.#subscribers.want(kind) || this.#channels?.want(kind) === true;
  }

  #give(event: TaskProcEvent, task: Task): void {
    this.#told++;
    if (this.#channels?.want(event.type)) this.#channels.publish(event);
    this.#subscribers.tell(event, task);
  }

  #serveChannels({ notices }: Channels): void {
    if (notices.join() === this.#onChannels) return;
    this.#onChannels = notices.join();
    this.#askForNotices();
  }

  #askForNotices(): void {
    const { notices } = this.#subscribers;
    this.#ear?.want(new Set([...notices, ...(this.#channels?.notices ?? [])]));
  }
}
