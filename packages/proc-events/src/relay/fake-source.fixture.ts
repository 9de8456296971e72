import { connect, createServer, type Server, type Socket } from "node:net";
import { rmSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LostEvent, TaskProcEvent } from "../event/proc-event.ts";
import type { ProcEventFilter } from "../filter/filter.ts";
import type { ProcEventSink, ProcEventSource } from "../module/proc-event-source.ts";

/** A source that tells what a test tells it to. */
export class FakeSource implements ProcEventSource {
  readonly sinks = new Map<ProcEventSink, ProcEventFilter>();

  subscribe(filter: ProcEventFilter, sink: ProcEventSink): () => void {
    if (filter.pid === 999) {
      throw Object.assign(new Error("no process has pid 999"), { code: "ESRCH" });
    }
    this.sinks.set(sink, filter);
    return () => void this.sinks.delete(sink);
  }

  tell(...events: TaskProcEvent[]): void {
    for (const event of events) for (const sink of this.sinks.keys()) sink.event(event);
  }

  lose(event: LostEvent): void {
    for (const sink of this.sinks.keys()) sink.lost(event);
  }

  over(): void {
    for (const sink of this.sinks.keys()) sink.over?.();
  }

  end(): void {
    for (const sink of this.sinks.keys()) sink.ended();
  }
}

/** An exit of process `pid`. */
export function exitOf(pid: number, code: number = 0): TaskProcEvent {
  return { type: "exit", timeNs: BigInt(pid), task: `${pid}.1`, pid, tgid: pid, ppid: 1, code };
}

/** A fork of process `pid`. */
export function forkOf(pid: number): TaskProcEvent {
  return { type: "fork", timeNs: BigInt(pid), task: `${pid}.1`, pid, tgid: pid, ppid: 1 };
}

/** So many exits, of processes from `first` on. */
export function exits(first: number, count: number): TaskProcEvent[] {
  return Array.from({ length: count }, (_, at) => exitOf(first + at));
}

/** A loss of the kernel. */
export function overrun(count: number | null): LostEvent {
  return { type: "lost", timeNs: 7n, reason: "overrun", count, sinceNs: 5n, untilNs: 7n };
}

/** A directory for sockets that goes with the test. */
export function socketDirectory(): { path: (name: string) => string; [Symbol.dispose](): void } {
  const dir = mkdtempSync(join(tmpdir(), "relay-"));
  return {
    path: (name) => join(dir, name),
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** Waits until something holds; the runner's time limit ends it otherwise. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** A relay's socket seen through another, whose connections can be held up and cut. */
export class Proxy {
  readonly #server: Server;
  readonly #pairs = new Set<{ listener: Socket; relay: Socket }>();

  private constructor(path: string, relayPath: string) {
    this.#server = createServer((listener) => {
      const relay = connect({ path: relayPath });
      const pair = { listener, relay };
      this.#pairs.add(pair);
      for (const [from, to] of [
        [listener, relay],
        [relay, listener],
      ] as const) {
        from.on("error", () => {}).on("close", () => to.destroy());
        from.on("data", (chunk) => to.write(chunk));
      }
      relay.on("close", () => this.#pairs.delete(pair));
    });
    this.#server.listen(path);
  }

  static async open(path: string, relayPath: string): Promise<Proxy> {
    const proxy = new Proxy(path, relayPath);
    await new Promise<void>((resolve) => proxy.#server.once("listening", resolve));
    return proxy;
  }

  /** What the relay sends stays in the socket. */
  holdUp(): void {
    for (const { relay } of this.#pairs) relay.pause();
  }

  /** Ends every connection, and what is under way in it. */
  cut(): void {
    for (const { listener } of this.#pairs) listener.destroy();
  }

  [Symbol.dispose](): void {
    this.cut();
    this.#server.close();
  }
}
