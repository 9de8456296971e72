import { connect, type Socket } from "node:net";
import { type AnyLine, type HeaderLine, parseLine, TRACE_SCHEMA } from "@task-watchers/trace";
import { LineReader } from "./line-reader.ts";
import {
  formatListen,
  LEAVE_LINE,
  type ListenRequest,
  MAX_LINE_BYTES,
  parseRefusal,
  type SessionField,
  sessionField,
} from "./protocol.ts";
import { readHeader } from "./read-header.ts";
import { codeOf, messageOf, RelayError } from "./relay-error.ts";

/** How long a relay may take to answer, milliseconds. */
const ANSWER_WITHIN_MS = 10_000;

/** What a listener's end of a connection tells. Nothing comes after `closed`. */
export interface LinkListener {
  /** The relay's first line: the session is open. */
  opened(header: HeaderLine, session: SessionField): void;
  line(line: AnyLine): void;
  /** It is over; with an error unless the connection just broke, which may be the relay's own words. */
  closed(error?: RelayError, isRefusal?: boolean): void;
}

/** A listener's end of one connection. */
export class RelayLink {
  readonly #socket: Socket;
  readonly #listener: LinkListener;
  readonly #path: string;
  readonly #lines = new LineReader(MAX_LINE_BYTES);
  readonly #deadline: NodeJS.Timeout;
  #isOpen = false;
  #isClosed = false;

  constructor(path: string, request: ListenRequest, listener: LinkListener) {
    this.#path = path;
    this.#listener = listener;
    this.#socket = connect({ path });
    this.#socket.on("connect", () => this.#socket.write(formatListen(request)));
    this.#socket.on("data", (chunk: Buffer) => this.#data(chunk));
    this.#socket.on("error", (error) => this.#failed(error));
    this.#socket.on("close", () => this.#brokeOff());
    this.#deadline = setTimeout(() => {
      const seconds = ANSWER_WITHIN_MS / 1000;
      this.#close(
        new RelayError("ETIMEDOUT", `what serves ${path} did not answer within ${seconds} s`),
      );
    }, ANSWER_WITHIN_MS);
  }

  /** Stops and goes on reading: what is not read waits in the relay's queue, which counts what it drops. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Tells the relay that nothing is to be kept, and lets go. The listener is told nothing. */
  leave(): void {
    clearTimeout(this.#deadline);
    this.#isClosed = true;
    if (!this.#isOpen) {
      this.#socket.destroy();
      return;
    }
    this.#socket.end(LEAVE_LINE, () => this.#socket.destroy());
  }

  #data(chunk: Buffer): void {
    for (const text of this.#lines.push(chunk)) {
      if (this.#isClosed) return;
      const line = text === undefined ? undefined : parseLine(text);
      if (line === undefined) {
        this.#close(foreign(this.#path, "a line of it is too long or no JSON object"));
      } else if (line.type === "error") {
        this.#close(parseRefusal(line), true);
      } else if (this.#isOpen) {
        this.#listener.line(line);
      } else {
        this.#header(line);
      }
    }
  }

  #header(line: AnyLine): void {
    const { schema } = line;
    const session = sessionField(line);
    if (line.type !== "header" || session === undefined) {
      this.#close(foreign(this.#path, "its first line is no header of a relay"));
      return;
    }
    if (schema !== TRACE_SCHEMA) {
      const got = (JSON.stringify(schema) ?? "none").slice(0, 20);
      this.#close(foreign(this.#path, `it speaks schema ${got}, here is ${TRACE_SCHEMA}`));
      return;
    }
    const header = readHeader(line);
    if (header === undefined) {
      this.#close(foreign(this.#path, "its header is malformed"));
      return;
    }
    clearTimeout(this.#deadline);
    this.#isOpen = true;
    this.#listener.opened(header, session);
  }

  #failed(error: Error): void {
    // One that was open just broke; "close" follows.
    if (!this.#isOpen) this.#close(explained(this.#path, error));
  }

  #brokeOff(): void {
    this.#close(this.#isOpen ? undefined : hungUp(this.#path));
  }

  #close(error?: RelayError, isRefusal: boolean = false): void {
    if (this.#isClosed) return;
    clearTimeout(this.#deadline);
    this.#isClosed = true;
    this.#socket.destroy();
    this.#listener.closed(error, isRefusal);
  }
}

/** What speaks there is no relay, or of another time. */
export function foreign(path: string, reason: string): RelayError {
  return new RelayError(
    "EPROTO",
    `what serves ${path} is no relay that is understood here: ${reason}`,
  );
}

function hungUp(path: string, options?: ErrorOptions): RelayError {
  return new RelayError("ECONNRESET", `the relay at ${path} hung up before it answered`, options);
}

function explained(path: string, error: Error): RelayError {
  const options = { cause: error };
  const start = `start one with: task-watchers relay --socket ${path}`;
  switch (codeOf(error)) {
    case "ENOENT":
      return new RelayError("ENOENT", `no relay at ${path}; ${start}`, options);
    case "ECONNREFUSED":
      return new RelayError("ECONNREFUSED", `the relay at ${path} is no more; ${start}`, options);
    case "EACCES":
      return new RelayError(
        "EACCES",
        `no right to connect to ${path}: the mode of the socket or of a directory above does not let user ${process.getuid?.()}`,
        options,
      );
    case "EPIPE":
    case "ECONNRESET":
      return hungUp(path, options);
    default:
      return new RelayError(codeOf(error) ?? "EIO", `${path}: ${messageOf(error)}`, options);
  }
}
