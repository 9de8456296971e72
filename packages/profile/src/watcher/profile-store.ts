import type { ProfiledTask } from "../profile/cpu-profile.ts";
import { CommandTotals } from "./command-totals.ts";
import { KeptSamples } from "./kept-samples.ts";
import type { Seat } from "./seat.ts";
import { StackTable } from "./stack-table.ts";
import type { WaitingSample } from "./waiting-samples.ts";

/** What has been settled: samples with their tasks, commands and functions. */
export class ProfileStore {
  readonly table: StackTable = new StackTable();
  readonly kept: KeptSamples;
  readonly commands: CommandTotals = new CommandTotals();
  /** One for each command that a task had. */
  readonly tasks: ProfiledTask[] = [];
  /**
   * Samples; the frames of their stacks, in all and without a name; samples in code that was compiled at run time and has no
   * name.
   */
  readonly count = { samples: 0, frames: 0, unresolved: 0, unnamedCode: 0 };

  /** @param maxSamples kept one by one */
  constructor(maxSamples: number) {
    this.kept = new KeptSamples(maxSamples);
  }

  /** Takes a sample of a task, and finds out its functions where that was not done yet. */
  add(seat: Seat, { timeNs, cpu, weightNs, isKernel, program, raw }: WaitingSample): void {
    const stack = raw.stacks.resolve(raw);
    const command = seat.commandOf(program);
    seat.command = command;
    const task = this.#task(seat, command);
    this.kept.add({ task, stack, timeNs, cpu, weightNs }, () => this.table.sums());
    const { frames, unresolved } = this.table.size(stack);
    this.count.samples++;
    this.count.frames += frames;
    this.count.unresolved += unresolved;
    const leaf = this.table.leaf(stack);
    const { kind, resolved } = this.table.frames[leaf] ?? {};
    if (kind === "jit" && resolved === false) this.count.unnamedCode++;
    seat.tally.add(leaf, weightNs, isKernel);
    this.commands.of(command).tally.add(leaf, weightNs, isKernel);
  }

  #task(seat: Seat, command: string): number {
    const known = seat.entries.get(command);
    if (known !== undefined) return known;
    const { id, pid, tgid } = seat.task;
    this.tasks.push({ id, pid, tgid, command });
    this.commands.of(command).tasks++;
    seat.entries.set(command, this.tasks.length - 1);
    return this.tasks.length - 1;
  }
}
