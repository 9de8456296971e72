import type { ModelTask } from "../model/trace-model.ts";
import type { Side } from "./side.ts";

/** A command line of both traces that begins at another place in one than in the other. The first task of each is taken. */
export interface Move {
  readonly command: string;
  /** Nanoseconds from the start of each trace. */
  readonly startANs: number;
  readonly startBNs: number;
  /** Where it begins in the trace, from 0 to 1. */
  readonly placeA: number;
  readonly placeB: number;
  /** The programs that it runs under, where they are not the same. */
  readonly parents?: { readonly a: string; readonly b: string };
}

/** How far its place must have changed, as a part of the trace, and its start: less is chance. */
const LEAST_PLACE = 0.1;
const LEAST_NS = 5e6;

/** Those under another parent first, then those that moved most. */
export function movesOf(a: Side, b: Side): Move[] {
  const moves: Move[] = [];
  for (const [command, tasks] of a.commands) {
    const [before, after] = [tasks[0], b.commands.get(command)?.[0]];
    if (before === undefined || after === undefined) continue;
    const move = moveOf(command, { side: a, task: before }, { side: b, task: after });
    if (move) moves.push(move);
  }
  return moves.sort(
    (x, y) => Number(y.parents !== undefined) - Number(x.parents !== undefined) || way(y) - way(x),
  );
}

interface Seen {
  readonly side: Side;
  readonly task: ModelTask;
}

function moveOf(command: string, a: Seen, b: Seen): Move | undefined {
  const [placeA, placeB] = [placeOf(a), placeOf(b)];
  const parents = { a: parentName(a), b: parentName(b) };
  const isElsewhere = parents.a !== parents.b;
  const isMoved =
    Math.abs(placeB - placeA) >= LEAST_PLACE &&
    Math.abs(b.task.startNs - a.task.startNs) >= LEAST_NS;
  if (!isElsewhere && !isMoved) return undefined;
  return {
    command,
    startANs: a.task.startNs,
    startBNs: b.task.startNs,
    placeA,
    placeB,
    ...(isElsewhere && { parents }),
  };
}

function way({ placeA, placeB }: Move): number {
  return Math.abs(placeB - placeA);
}

function placeOf({ side, task }: Seen): number {
  return side.model.endNs > 0 ? Math.min(1, Math.max(0, task.startNs / side.model.endNs)) : 0;
}

function parentName({ side, task }: Seen): string {
  return side.names[task.parent] ?? "none in the trace";
}
