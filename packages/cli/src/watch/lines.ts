import type { ProcEvent, TaskProcEvent } from "@task-watchers/proc-events";
import { count, describeEnd, formatDuration } from "../report/format.ts";
import type { Style } from "../report/style.ts";
import { describeCommand, hasFailed } from "../report/task-tree.ts";
import { fit, printable, shellWord } from "../report/terminal-text.ts";
import { presentCommand } from "./rows.ts";
import type { View } from "./view.ts";

/** Where lines go. */
export type LineOutput = NodeJS.WriteStream;

/** What lines need to know. */
export interface LineOptions {
  /** Added to CLOCK_MONOTONIC it gives the wall clock, nanoseconds. */
  readonly realtimeNs: bigint;
  /** Tell of tasks that were there before, too. */
  readonly existing: boolean;
  /** Events that nobody takes in time are left out and counted: a file is written beside, which must not wait for the lines' reader. */
  readonly mayDrop: boolean;
  /** Called when nobody reads the lines any more. */
  readonly onGone: () => void;
}

/** How long lines are gathered, milliseconds: a write for every event costs more than the event. */
const FLUSH_MS = 20;
/** Characters gathered at most. */
const CHUNK = 16_384;

/** A line an event, as it comes. */
export class Lines implements View {
  readonly #output: LineOutput;
  readonly #style: Style;
  readonly #options: LineOptions;
  #text = "";
  #timer: NodeJS.Timeout | undefined;
  #full = false;
  #room: (() => void) | undefined;
  #dropped = 0;
  /** Of those, the ones that are not told of yet. */
  #untold = 0;

  constructor(output: LineOutput, style: Style, options: LineOptions) {
    this.#output = output;
    this.#style = style;
    this.#options = options;
    output.on("drain", this.#onRoom);
    output.on("error", () => {
      options.onGone();
      this.#onRoom();
    });
  }

  event(event: ProcEvent): void {
    if (event.type === "fork" && event.existing && !this.#options.existing) return;
    const isDropped = this.#full && this.#options.mayDrop && event.type !== "lost";
    if (!isDropped) {
      this.#print(this.#line(event));
      return;
    }
    this.#dropped++;
    this.#untold++;
  }

  ready(): Promise<void> | undefined {
    if (!this.#full || this.#options.mayDrop) return undefined;
    return new Promise((resolve) => {
      this.#room = resolve;
    });
  }

  get dropped(): number {
    return this.#dropped;
  }

  note(text: string): void {
    this.#print(this.#style.dim(printable(text)));
  }

  close(): void {
    this.#flush();
  }

  readonly #onRoom = (): void => {
    this.#full = false;
    if (this.#untold > 0) {
      const events = count(this.#untold, "event");
      this.#untold = 0;
      this.#print(this.#style.red(`${events} left out: nobody read the lines in time`));
    }
    this.#room?.();
  };

  #line(event: ProcEvent): string {
    const time = clock(event.timeNs + this.#options.realtimeNs);
    if (event.type === "lost") {
      const number =
        event.count === null ? "an unknown number of events" : count(event.count, "event");
      return this.#style.red(`${time}         lost ${number} (${printable(event.reason)})`);
    }
    const columns = this.#output.isTTY ? this.#output.columns : Number.POSITIVE_INFINITY;
    const head = `${time} ${String(event.pid).padStart(7)} ${event.type.padEnd(8)} `;
    const line = head + fit(describe(event), Math.max(20, columns - head.length));
    return event.type === "exit" && hasFailed(event) ? this.#style.red(line) : line;
  }

  #print(line: string): void {
    this.#text += `${line}\n`;
    if (this.#text.length >= CHUNK) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), FLUSH_MS);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#text !== "" && !this.#output.write(this.#text)) this.#full = true;
    this.#text = "";
  }
}

/** What happened, in words. Fit for a terminal. */
export function describe(event: TaskProcEvent): string {
  const command = event.exec ? describeCommand(event.exec) : "";
  switch (event.type) {
    case "fork":
      return event.existing && event.exec
        ? `was there  ${presentCommand(event.exec)}`
        : `by ${event.ppid}  (${command})`;
    case "exec":
      return command;
    case "uid":
      return `real ${event.ruid}, effective ${event.euid}  ${command}`;
    case "gid":
      return `real ${event.rgid}, effective ${event.egid}  ${command}`;
    case "sid":
      return `leads session ${event.tgid}  ${command}`;
    case "ptrace":
      return `${event.tracer ? `traced by ${event.tracer.pid}` : "let go by its tracer"}  ${command}`;
    case "comm":
      return `is called ${shellWord(event.comm)}  ${command}`;
    case "coredump":
      return command;
    case "exit": {
      const after =
        event.durationNs === undefined ? "" : ` after ${formatDuration(event.durationNs)}`;
      return `${describeEnd(event)}${after}  ${command}`;
    }
  }
}

/** Local time with milliseconds. */
function clock(ns: bigint): string {
  const date = new Date(Number(ns / 1_000_000n));
  const two = (n: number): string => String(n).padStart(2, "0");
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
  return `${time}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}
