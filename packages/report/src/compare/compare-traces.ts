import { type CommandTotals, totalsOf } from "../export/command-totals.ts";
import { hasFailed } from "../model/outcome.ts";
import type { TraceModel } from "../model/trace-model.ts";
import { type Move, movesOf } from "./moves.ts";
import { type Side, sideOf } from "./side.ts";

/** Two traces side by side: `a` is before, `b` is after. Text is of other processes. */
export interface TraceComparison {
  readonly a: TraceFigures;
  readonly b: TraceFigures;
  /** Programs by name, the one whose total changed most first. */
  readonly programs: readonly ProgramChange[];
  /**
   * Command lines that ran in one only, the longest total first; names of temporary files are taken as the same. Those of
   * which the arguments are not known are left out.
   */
  readonly onlyA: readonly CommandOf[];
  readonly onlyB: readonly CommandOf[];
  /** Command lines of both that begin at another time than their order lets expect, or under another program. */
  readonly moved: readonly Move[];
  /** What makes the two hard to compare: sentences for people. */
  readonly notes: readonly string[];
}

/** A trace as a whole. */
export interface TraceFigures {
  /** Its command; absent when it was not one. */
  readonly command?: readonly string[];
  /** Nanoseconds from its start to its end. */
  readonly durationNs: number;
  readonly tasks: number;
  readonly failed: number;
  /** Events that were not told of, as far as they were counted. */
  readonly lost: number;
  readonly onCpuNs?: number;
  readonly waitCpuNs?: number;
  readonly blkioNs?: number;
}

/** A program by its name without directory, with all its tasks in each trace. */
export interface ProgramChange {
  readonly program: string;
  /** Absent when it did not run there. */
  readonly a?: CommandTotals;
  readonly b?: CommandTotals;
  /** Nanoseconds that the lives of its tasks have grown by in all; less than 0 when they shrank. */
  readonly grownNs: number;
}

/** A command line as it is compared, names of temporary files made equal, with all the tasks that ran it. */
export interface CommandOf {
  readonly command: string;
  readonly totals: CommandTotals;
}

/** Compares what programs ran. Tasks that ran none, and those from before the watch, are left out. */
export function compareTraces(a: TraceModel, b: TraceModel): TraceComparison {
  const [left, right] = [sideOf(a), sideOf(b)];
  const names = new Set([...left.programs.keys(), ...right.programs.keys()]);
  const programs = [...names].map((program): ProgramChange => {
    const [before, after] = [left.programs.get(program), right.programs.get(program)];
    const grownNs = (after?.wallNs ?? 0) - (before?.wallNs ?? 0);
    return { program, ...(before && { a: before }), ...(after && { b: after }), grownNs };
  });
  programs.sort((x, y) => Math.abs(y.grownNs) - Math.abs(x.grownNs));
  return {
    a: figuresOf(a),
    b: figuresOf(b),
    programs,
    onlyA: onlyIn(left, right),
    onlyB: onlyIn(right, left),
    moved: movesOf(left, right),
    notes: [...notesOf(left, "the first"), ...notesOf(right, "the second")],
  };
}

function onlyIn(side: Side, other: Side): CommandOf[] {
  const only: CommandOf[] = [];
  for (const [command, tasks] of side.commands) {
    if (!other.commands.has(command)) only.push({ command, totals: totalsOf(tasks) });
  }
  return only.sort((x, y) => y.totals.wallNs - x.totals.wallNs);
}

function figuresOf({ header, tasks, endNs, losses }: TraceModel): TraceFigures {
  const { onCpuNs, waitCpuNs, blkioNs } = totalsOf(tasks);
  return {
    ...(header?.command && { command: header.command }),
    durationNs: endNs,
    tasks: tasks.length,
    failed: tasks.filter(hasFailed).length,
    lost: losses.reduce((sum, { count }) => sum + (count ?? 0), 0),
    ...(onCpuNs !== undefined && { onCpuNs }),
    ...(waitCpuNs !== undefined && { waitCpuNs }),
    ...(blkioNs !== undefined && { blkioNs }),
  };
}

function notesOf({ model, nameless }: Side, which: string): string[] {
  const notes = model.notes.map((note) => `${which}: ${note}`);
  if (!model.has.delays) {
    notes.push(
      `${which}: it has no CPU times and waits; task-watchers run --with delayacct records them`,
    );
  }
  if (nameless > 0) {
    notes.push(
      `${which}: ${nameless} of its tasks are compared by their program only: their arguments are not known`,
    );
  }
  return notes;
}
