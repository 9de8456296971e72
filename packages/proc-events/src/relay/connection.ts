import type { Socket } from "node:net";
import { FirstLine } from "./first-line.ts";
import type { Peer } from "./peer.ts";
import {
  END_LINE,
  formatRefusal,
  LEAVE_LINE,
  LISTEN_WITHIN_MS,
  type ListenRequest,
  parseListen,
} from "./protocol.ts";
import { codeOf, messageOf, RelayError } from "./relay-error.ts";
import type { Listening, Outlet } from "./sessions.ts";

/** Bytes that may wait in the process for the kernel to take them; the rest waits in the session's queue. */
const HIGH_WATER_BYTES = 262_144;
/** Characters a write. */
const BATCH_CHARACTERS = 65_536;
/** How long the other side may take to read the last line and to close, milliseconds. */
const FAREWELL_MS = 1000;

/** What a connection asks of its relay. */
export interface ConnectionHost {
  /** @returns the session, and the line that tells of it */
  open(connection: Connection, request: ListenRequest): { listening: Listening; header: string };
  /** It broke without a farewell. */
  broke(connection: Connection, listening: Listening): void;
  /** The listener has left, or did what it must not: nothing is kept for it. */
  left(connection: Connection, listening: Listening, error?: RelayError): void;
  refused(connection: Connection, error: RelayError): void;
  closed(connection: Connection): void;
}

/** The relay's end of one connection. Nothing that the listener sends or does can throw out of it. */
export class Connection implements Outlet {
  readonly peer: Peer;
  readonly #socket: Socket;
  readonly #host: ConnectionHost;
  readonly #first = new FirstLine();
  readonly #deadline: NodeJS.Timeout;
  #listening: Listening | undefined;
  /** What came after the first line. */
  #rest = "";
  #isEnding = false;

  constructor(socket: Socket, peer: Peer, host: ConnectionHost) {
    this.#socket = socket;
    this.peer = peer;
    this.#host = host;
    this.#deadline = setTimeout(
      () =>
        this.refuse(
          new RelayError("ETIMEDOUT", `no line came within ${LISTEN_WITHIN_MS / 1000} s`),
        ),
      LISTEN_WITHIN_MS,
    );
    socket.on("data", (chunk: Buffer) => this.#data(chunk));
    socket.on("drain", () => this.ready());
    // Half a connection is of no use: what waits for a peer that sends no more would hold the rest open.
    socket.on("end", () => socket.destroy());
    socket.on("close", () => this.#closed());
  }

  /** Whether it has not said yet what it wants. */
  get isSilent(): boolean {
    return this.#listening === undefined && !this.#isEnding;
  }

  ready(): void {
    const { session } = this.#listening ?? {};
    if (session === undefined || this.#isEnding) return;
    while (this.#socket.writableLength < HIGH_WATER_BYTES) {
      const text = session.take(BATCH_CHARACTERS);
      if (text === "") break;
      this.#socket.write(text);
    }
    if (session.finished) this.#end(END_LINE);
  }

  replaced(): void {
    this.#listening = undefined;
    this.#socket.destroy();
  }

  /** Says why, and ends the connection. A session that it has is not kept. */
  refuse(error: RelayError): void {
    if (this.#isEnding) return;
    const listening = this.#listening;
    this.#listening = undefined;
    if (listening) this.#host.left(this, listening, error);
    else this.#host.refused(this, error);
    this.#end(formatRefusal(error));
    this.#destroySoon();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #end(lastLine: string): void {
    this.#isEnding = true;
    clearTimeout(this.#deadline);
    // Closed after the other side has: one that is writing at this moment would get EPIPE, and not read the line.
    this.#socket.end(lastLine, () => this.#destroySoon());
  }

  #destroySoon(): void {
    setTimeout(() => this.#socket.destroy(), FAREWELL_MS).unref();
  }

  #data(chunk: Buffer): void {
    if (this.#isEnding) return;
    try {
      if (this.#listening) this.#more(chunk);
      else this.#listen(chunk);
    } catch (error) {
      this.refuse(refusalOf(error));
    }
  }

  #listen(chunk: Buffer): void {
    const whole = this.#first.push(chunk);
    if (whole === undefined) return;
    clearTimeout(this.#deadline);
    const { listening, header } = this.#host.open(this, parseListen(whole.line));
    this.#listening = listening;
    this.#socket.write(header);
    this.ready();
    if (whole.rest.length > 0) this.#more(whole.rest);
  }

  #more(chunk: Buffer): void {
    this.#rest += chunk.toString("latin1", 0, LEAVE_LINE.length + 1);
    if (this.#rest === LEAVE_LINE) {
      const listening = this.#listening;
      this.#listening = undefined;
      if (listening) this.#host.left(this, listening);
      this.#socket.destroy();
      return;
    }
    if (LEAVE_LINE.startsWith(this.#rest)) return;
    throw new RelayError(
      "EPROTO",
      "a listener says one line, and at the end that it leaves; something else came",
    );
  }

  #closed(): void {
    clearTimeout(this.#deadline);
    const listening = this.#listening;
    this.#listening = undefined;
    if (listening && this.#isEnding) this.#host.left(this, listening);
    else if (listening) this.#host.broke(this, listening);
    this.#host.closed(this);
  }
}

function refusalOf(error: unknown): RelayError {
  if (error instanceof RelayError) return error;
  const isBadFilter = error instanceof TypeError || error instanceof RangeError;
  return new RelayError(codeOf(error) ?? (isBadFilter ? "EINVAL" : "EIO"), messageOf(error), {
    cause: error,
  });
}
