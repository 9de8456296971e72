import type { ExecEvent, InitEvent, Task } from "@task-watchers/chain";
import { monotonicNs } from "@task-watchers/linux";
import type { PerfRecord, SampleRecord } from "@task-watchers/perf";
import type { Sampler } from "../sampling/sampler.ts";
import type { SampledProcess } from "../space/process.ts";
import { Processes } from "../space/processes.ts";
import type { Symbolizer } from "../symbols/frame.ts";
import { commandOf, UNKNOWN_COMMAND } from "./command.ts";
import { Locations } from "./locations.ts";
import { ProcessStacks, type Resolver } from "./process-stacks.ts";
import { ProfileStore } from "./profile-store.ts";
import { samplesRecord, type SamplesRecord } from "./samples-line.ts";
import type { Seat } from "./seat.ts";
import { Seats } from "./seats.ts";
import { SettleQueue, type Work } from "./settle-queue.ts";
import type { WaitingSample } from "./waiting-samples.ts";

/** How long samples wait for their task to be told of, or settle while it lives: nanoseconds. */
const GRACE_NS = 3_000_000_000n;
/** How often is looked after samples that wait, milliseconds. */
const TURN_MS = 250;
/** How long a turn looks for functions, milliseconds. */
const TURN_BUDGET_MS = 20;

/** How samples are recorded. */
export interface RecordingOptions {
  readonly symbolizer: Symbolizer;
  /** Samples kept one by one. */
  readonly maxSamples: number;
  /** CPU time that a sample stands for whose period is no time, nanoseconds; absent when the period is. */
  readonly weightNs?: number;
  /** Told of every task with samples, when all of them are settled. */
  readonly settled: (record: SamplesRecord) => void;
}

/** Joins samples with the chain's tasks, in one watch. */
export class Recording {
  readonly store: ProfileStore;
  /** Tasks told of, and those of them that ended with a sample at least. */
  readonly count = { tasks: 0, sampledTasks: 0 };
  readonly processes: Processes = new Processes();
  readonly #options: RecordingOptions;
  readonly #resolver: Resolver;
  readonly #seats = new Seats();
  readonly #stacks = new Map<SampledProcess, ProcessStacks>();
  readonly #queue = new SettleQueue();
  readonly #timer: NodeJS.Timeout;
  #sampler: Sampler | undefined;

  constructor(options: RecordingOptions) {
    this.#options = options;
    this.store = new ProfileStore(options.maxSamples);
    this.#resolver = {
      symbolizer: options.symbolizer,
      table: this.store.table,
      locations: new Locations(this.processes),
    };
    this.#timer = setInterval(() => this.#turn(), TURN_MS);
    this.#timer.unref();
  }

  /** Samples that wait for their task. */
  get waiting(): number {
    return this.#seats.waiting.size;
  }

  /** Samples of nobody. */
  get others(): number {
    return this.#seats.others;
  }

  /** Where samples come from: asked for the latest before a task is settled. */
  follow(sampler: Sampler): void {
    this.#sampler = sampler;
  }

  /** Takes a record, in order of time. */
  record(record: PerfRecord): void {
    if (record.type === "sample") this.#sample(record);
    else this.processes.apply(record);
  }

  init(task: Task, { existing }: InitEvent): void {
    this.#seats.take(task);
    this.count.tasks++;
    if (existing !== true || task.pid !== task.tgid) return;
    // The program it runs since before the watch has had no record.
    this.processes.get(task.tgid, task.startNs).programAt(0n).command ??= commandOf(task.exec);
  }

  exec(task: Task, event: ExecEvent): void {
    const command = commandOf(event);
    if (command === undefined) return;
    this.#sampler?.drain(event.timeNs);
    if (event.stopped) this.processes.get(task.tgid, event.timeNs).announceProgram(command);
    else this.processes.find(task.tgid)?.nameProgram(command, event.timeNs);
  }

  /**
   * The task is over, or the watch.
   *
   * @returns a promise when it takes longer than others may wait
   */
  end(task: Task, timeNs: bigint, isAlive: boolean): Promise<void> | undefined {
    const seat = this.#seats.leave(task);
    if (seat === undefined) return undefined;
    this.#sampler?.drain(timeNs);
    const process = this.processes.find(task.tgid);
    if (process !== undefined) this.#stacks.get(process)?.end(task);
    const samples = this.#seats.samplesOf(seat, timeNs);
    return this.#queue.do(this.#settleLast(seat, samples, { timeNs, isAlive, process }));
  }

  /** All records were told: what still waits belongs to nobody. */
  close(): void {
    clearInterval(this.#timer);
    this.#queue.finish();
    this.#seats.clear();
  }

  #sample(record: SampleRecord): void {
    const { pid: tgid, tid, timeNs, cpu, mode, period } = record;
    // In the last of its exit a task has no number any more, and nobody knows it.
    if (tgid <= 0) {
      this.#seats.others++;
      return;
    }
    const process = this.processes.get(tgid, timeNs);
    let stacks = this.#stacks.get(process);
    if (stacks === undefined) {
      stacks = new ProcessStacks(process, this.#resolver);
      this.#stacks.set(process, stacks);
    }
    this.#seats.waiting.add({
      tgid,
      tid,
      timeNs,
      cpu,
      weightNs: this.#options.weightNs ?? period,
      isKernel: mode === "kernel",
      program: process.program,
      raw: stacks.intern(record),
    });
  }

  /** Samples of tasks that live go into the profile, too, lest they pile up; those of nobody are let go. */
  #turn(): void {
    const deadlineMs = performance.now() + TURN_BUDGET_MS;
    const untilNs = monotonicNs() - GRACE_NS;
    for (const [process, stacks] of this.#stacks) {
      if (this.#seats.has(process.tgid)) {
        if (!stacks.resolveFresh(deadlineMs)) break;
      } else if (!this.#seats.waiting.has(process.tgid)) this.#stacks.delete(process);
    }
    for (const seat of this.#seats) {
      const samples = this.#seats.samplesOf(seat, untilNs);
      if (samples.length > 0) void this.#queue.do(this.#settle(seat, samples));
    }
    this.#seats.dropOthers(untilNs);
  }

  *#settle(seat: Seat, samples: readonly WaitingSample[]): Work {
    for (const sample of samples) {
      this.store.add(seat, sample);
      yield;
    }
  }

  *#settleLast(
    seat: Seat,
    samples: readonly WaitingSample[],
    ending: {
      readonly timeNs: bigint;
      readonly isAlive: boolean;
      readonly process: SampledProcess | undefined;
    },
  ): Work {
    yield* this.#settle(seat, samples);
    const { timeNs, isAlive, process } = ending;
    const { task, tally } = seat;
    if (seat.isProcess && process !== undefined && !isAlive) this.#forget(process);
    if (tally.samples === 0) return;
    this.count.sampledTasks++;
    const command = commandOf(task.exec) ?? seat.command ?? UNKNOWN_COMMAND;
    const { frames } = this.store.table;
    this.#options.settled(samplesRecord({ task, timeNs, isAlive, command, tally, frames }));
  }

  #forget(process: SampledProcess): void {
    this.#stacks.delete(process);
    if (this.processes.find(process.tgid) === process) {
      this.#options.symbolizer.forget(process.tgid);
    }
    this.processes.forget(process);
  }
}
