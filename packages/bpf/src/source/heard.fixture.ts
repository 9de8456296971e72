import { monotonicNs, touchThreadName } from "@task-watchers/linux";
import { openNetlinkSocket } from "@task-watchers/netlink";
import {
  type EventSink,
  type EventSource,
  type Loss,
  PROC_EVENT_EXIT,
  type SourceFacts,
} from "@task-watchers/tasks";
import { Connector, LIFE_EVENTS } from "@task-watchers/tasks/connector";
import { type BpfSourceOptions, openBpfSource } from "./open-bpf-source.ts";
import type { BpfSource } from "./bpf-source.ts";

/** One event as it was told. */
export interface HeardEvent {
  readonly what: number;
  readonly pid: number;
  readonly tgid: number;
  readonly first: number;
  readonly second: number;
  readonly timeNs: bigint;
  /** Of an exit that ends its process: its status, as wait(2) has it. */
  readonly processStatus?: number | undefined;
}

/** What a source told, in order. */
export class Heard {
  readonly events: HeardEvent[] = [];
  readonly losses: Loss[] = [];
  readonly facts: { readonly tgid: number; readonly facts: SourceFacts; readonly at: number }[] =
    [];
  settled = 0;
  readonly sink: EventSink = {
    event: (what, pid, tgid, first, second, timeNs, isLast, status) => {
      const processStatus = what === PROC_EVENT_EXIT && isLast === 1 ? status : undefined;
      this.events.push({ what, pid, tgid, first, second, timeNs, processStatus });
    },
    lost: (loss) => void this.losses.push(loss),
    settled: () => void this.settled++,
    facts: (tgid, facts) => void this.facts.push({ tgid, facts, at: this.events.length }),
  };
}

/** A BPF source in use, to be closed. */
export async function bpfHeard(
  options: BpfSourceOptions = {},
): Promise<{ heard: Heard; source: BpfSource }> {
  const heard = new Heard();
  const open = await openBpfSource({ ringBytes: 67_108_864, ...options });
  return { heard, source: open(heard.sink) };
}

/** The connector in use, to be closed. */
export function connectorHeard(): { heard: Heard; source: EventSource } {
  const heard = new Heard();
  const socket = { protocol: 11, datagramBytes: 128, batch: 256 };
  const source = new Connector({
    open: () => openNetlinkSocket({ ...socket, receiveBufferBytes: 33_554_432 }),
    openBell: () => openNetlinkSocket(socket),
    touch: touchThreadName,
    now: monotonicNs,
    mask: LIFE_EVENTS,
    tgid: process.pid,
    sink: heard.sink,
  });
  return { heard, source };
}
