import type { ProcEventSource } from "../module/proc-event-source.ts";
import { disconnected } from "./disconnected.ts";
import type { EventText } from "./event-text.ts";
import { JoinRate } from "./join-rate.ts";
import type { Peer } from "./peer.ts";
import type { ListenRequest, Resume } from "./protocol.ts";
import { RelayError } from "./relay-error.ts";
import { Session } from "./session.ts";

/** New sessions of a user within a second, for each that it may have. */
const JOINS_PER_LISTENER = 4;

/** What keeps sessions in bounds. */
export interface SessionLimits {
  readonly maxListeners: number;
  readonly maxListenersPerUid: number;
  readonly queueLimit: number;
  readonly retainMs: number;
}

/** The connection over which a session is told. */
export interface Outlet {
  /** The session has lines, or has ended. */
  ready(): void;
  /** The session is told elsewhere from now on. */
  replaced(): void;
}

/** A session and who has it. */
export interface Listening {
  readonly session: Session;
  readonly peer: Peer;
  readonly since: Date;
  readonly stop: () => void;
  outlet: Outlet | undefined;
  expiry: NodeJS.Timeout | undefined;
}

/** What sessions are made of. */
export interface SessionsParts {
  readonly source: ProcEventSource;
  readonly text: EventText;
  readonly now: () => bigint;
}

/** What became of sessions. */
export interface SessionCounters {
  resumed: number;
  /** Broke off and were not taken up in time. */
  expired: number;
  /** Broke off and made room for others. */
  evicted: number;
}

/** The sessions of a relay: opened, kept for a while when their connection breaks, taken up again. */
export class Sessions {
  readonly counters: SessionCounters = { resumed: 0, expired: 0, evicted: 0 };
  readonly #limits: SessionLimits;
  readonly #parts: SessionsParts;
  readonly #all = new Map<string, Listening>();
  readonly #ready = new Set<Listening>();
  readonly #joinRate: JoinRate;
  #isFlushing = false;

  constructor(limits: SessionLimits, parts: SessionsParts) {
    this.#limits = limits;
    this.#joinRate = new JoinRate(JOINS_PER_LISTENER * limits.maxListenersPerUid);
    this.#parts = parts;
  }

  /** Oldest first. */
  list(): Listening[] {
    return [...this.#all.values()];
  }

  /**
   * The session that was to be resumed if it is there, else a new one that begins with a loss; without `resume` a new one.
   *
   * @throws RelayError `EAGAIN` when there are too many
   * @throws TypeError, RangeError or an error with code `ESRCH` on a bad filter, from the source
   */
  open(
    peer: Peer,
    request: ListenRequest,
    outlet: Outlet,
  ): { listening: Listening; resumed: boolean } {
    const { resume } = request;
    const kept = resume && this.#resume(peer, request, resume);
    if (kept === undefined) return { listening: this.#add(peer, request, outlet), resumed: false };
    clearTimeout(kept.expiry);
    kept.outlet?.replaced();
    kept.outlet = outlet;
    this.counters.resumed++;
    return { listening: kept, resumed: true };
  }

  /** The connection broke: the session is kept for a while, and collects. */
  broke(listening: Listening, outlet: Outlet): void {
    if (listening.outlet !== outlet) return;
    listening.outlet = undefined;
    listening.expiry = setTimeout(() => {
      this.counters.expired++;
      this.remove(listening);
    }, this.#limits.retainMs);
    listening.expiry.unref();
  }

  /** Ends a session. */
  remove(listening: Listening): void {
    clearTimeout(listening.expiry);
    listening.outlet = undefined;
    if (this.#all.delete(listening.session.id)) listening.stop();
  }

  /** Ends what the sessions are told, so that each finishes when its lines are sent. */
  end(): void {
    for (const { stop, session } of this.list()) {
      stop();
      session.ended();
    }
  }

  #resume(peer: Peer, request: ListenRequest, resume: Resume): Listening | undefined {
    const kept = this.#all.get(resume.session);
    // One user's session is no other's, though an id cannot be guessed.
    if (kept === undefined || kept.peer.uid !== peer.uid) return undefined;
    if (asked(kept.session.request) !== asked(request)) {
      throw new RelayError("EINVAL", "a session is resumed with the filter that it began with");
    }
    return kept.session.resume(resume) ? kept : undefined;
  }

  #add(peer: Peer, request: ListenRequest, outlet: Outlet): Listening {
    const { source, text, now } = this.#parts;
    this.#makeRoom(peer.uid);
    this.#joinRate.count(peer.uid, now());
    const session = new Session({
      request,
      queueLimit: this.#limits.queueLimit,
      text,
      now,
      ready: () => this.#isReady(listening),
    });
    let stop = (): void => {};
    const listening: Listening = {
      session,
      peer,
      since: new Date(),
      outlet,
      expiry: undefined,
      stop: () => stop(),
    };
    if (request.resume) session.lost(disconnected(null, request.resume.timeNs, now()));
    stop = source.subscribe(request.filter, session);
    this.#all.set(session.id, listening);
    return listening;
  }

  #makeRoom(uid: number): void {
    const { maxListeners, maxListenersPerUid } = this.#limits;
    this.#limit(
      this.list().filter(({ peer }) => peer.uid === uid),
      maxListenersPerUid,
      `user ${uid}`,
    );
    this.#limit(this.list(), maxListeners, "all users together");
  }

  #limit(listening: readonly Listening[], max: number, whose: string): void {
    if (listening.length < max) return;
    const broken = listening.find(({ outlet }) => outlet === undefined);
    if (broken === undefined) {
      throw new RelayError(
        "EAGAIN",
        `this relay serves no more than ${max} listeners of ${whose}; try again later`,
      );
    }
    this.counters.evicted++;
    this.remove(broken);
  }

  /** Sends once a turn of the event loop, however many events came in it. */
  #isReady(listening: Listening): void {
    this.#ready.add(listening);
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    setImmediate(() => {
      this.#isFlushing = false;
      const ready = [...this.#ready];
      this.#ready.clear();
      for (const { outlet } of ready) outlet?.ready();
    });
  }
}

function asked({ filter, withExec }: ListenRequest): string {
  return JSON.stringify([filter, withExec]);
}
