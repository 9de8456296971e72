import { SyscallError } from "@task-watchers/linux/syscall-error";
import { decodeAcknowledgement } from "./acknowledgement.ts";
import {
  NLM_F_ACK,
  NLM_F_DUMP,
  NLM_F_DUMP_INTR,
  NLM_F_MULTI,
  NLMSG_DONE,
  NLMSG_ERROR,
} from "./constants.ts";
import type { NetlinkMessage } from "./message.ts";
import { NetlinkError } from "./netlink-error.ts";

// include/uapi/asm-generic/errno.h
const ETIMEDOUT = 110;
/** The longest delay a Node.js timer can wait, milliseconds. */
const MAX_TIMEOUT_MS = 2_147_483_647;

/** A message to the kernel. */
export interface NetlinkRequest {
  readonly type: number;
  /** NLM_F_…; NLM_F_REQUEST is added. Decides when the answer is complete: see `NetlinkConnection.request`. */
  readonly flags?: number;
  readonly payload?: Uint8Array;
}

/** How to wait for an answer. */
export interface RequestOptions {
  /** What an error calls the request (default `netlink request TYPE`). */
  readonly name?: string;
  /** Gives up when aborted; the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Gives up after so many milliseconds, with `ETIMEDOUT` (default 5000). */
  readonly timeoutMs?: number;
}

/** All that the kernel answered to one request. */
export interface NetlinkReply {
  /** In order, without the acknowledgement and the end mark; copies, to keep. */
  readonly messages: readonly NetlinkMessage[];
  /** The acknowledgement's number: 0, or positive where the protocol returns a result so; absent without one. */
  readonly result?: number;
  /** The listed things changed during the dump (NLM_F_DUMP_INTR): some may be missing or doubled; ask again. */
  readonly interrupted: boolean;
}

/** Collects the answer to one request and settles it once: complete, refused, given up or timed out. */
export class PendingRequest {
  /** What an error calls it. */
  readonly name: string;
  readonly reply: Promise<NetlinkReply>;
  readonly #flags: number;
  readonly #messages: NetlinkMessage[] = [];
  readonly #signal: AbortSignal | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #onSettled: () => void;
  #resolve: (reply: NetlinkReply) => void = () => {};
  #reject: (reason: unknown) => void = () => {};
  #interrupted = false;
  #settled = false;

  /** @param onSettled called once, before the promise's own reactions */
  constructor(request: NetlinkRequest, options: RequestOptions, onSettled: () => void) {
    const { timeoutMs = 5000, signal } = options;
    this.name = requestName(request, options);
    this.#flags = request.flags ?? 0;
    this.#onSettled = onSettled;
    this.reply = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#timer = setTimeout(() => {
      this.reject(new SyscallError(this.name, ETIMEDOUT, `no answer in ${timeoutMs} ms`));
    }, timeoutMs);
    this.#signal = signal;
    signal?.addEventListener("abort", this.#abort);
  }

  /** Takes one message of the answer. @throws RangeError when it is malformed */
  accept(message: NetlinkMessage): void {
    if ((message.flags & NLM_F_DUMP_INTR) !== 0) this.#interrupted = true;
    if (message.type === NLMSG_ERROR || message.type === NLMSG_DONE) {
      const acknowledgement = decodeAcknowledgement(message);
      if (acknowledgement.value < 0) this.reject(new NetlinkError(this.name, acknowledgement));
      else this.#finish(message.type === NLMSG_ERROR ? acknowledgement.value : undefined);
      return;
    }
    this.#messages.push({ ...message, payload: message.payload.slice() });
    if (!this.#moreToCome(message)) this.#finish(undefined);
  }

  reject(reason: unknown): void {
    if (this.#settle()) this.#reject(reason);
  }

  #moreToCome(message: NetlinkMessage): boolean {
    const dumps = (this.#flags & NLM_F_DUMP) === NLM_F_DUMP;
    return dumps || (this.#flags & NLM_F_ACK) !== 0 || (message.flags & NLM_F_MULTI) !== 0;
  }

  #finish(result: number | undefined): void {
    if (!this.#settle()) return;
    const messages = this.#messages;
    const interrupted = this.#interrupted;
    this.#resolve(
      result === undefined ? { messages, interrupted } : { messages, interrupted, result },
    );
  }

  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener("abort", this.#abort);
    this.#onSettled();
    return true;
  }
  readonly #abort = (): void => this.reject(this.#signal?.reason);
}

/** What an error calls a request. */
export function requestName(request: NetlinkRequest, options: RequestOptions): string {
  return options.name ?? `netlink request ${request.type}`;
}

/** @throws RangeError for what no timer can wait; the signal's reason when it is aborted already */
export function checkOptions(options: RequestOptions): void {
  const { timeoutMs = 5000, signal } = options;
  if (!(timeoutMs > 0 && timeoutMs <= MAX_TIMEOUT_MS)) {
    throw new RangeError(`timeoutMs must be 1 to ${MAX_TIMEOUT_MS}, got ${timeoutMs}`);
  }
  signal?.throwIfAborted();
}
