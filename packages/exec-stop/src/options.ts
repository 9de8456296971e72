import type { ExecCall } from "./call/exec-call.ts";
import type { OtherCalls } from "./answer/other-calls.ts";
import type { ExecVerdict } from "./answer/verdict.ts";
import type { StringLimits } from "./call/task-strings.ts";
import type { GuardKind } from "./guard/guard.ts";
import type { ExecOutcome } from "./outcome/outcome.ts";
import { ExecThread } from "./thread.ts";
import type { ExecTrouble } from "./trouble.ts";

/** What to do with each exec. */
export interface ExecStopOptions {
  /**
   * Called for each exec of the tree while its task stands still, failing ones included. Nothing, or `"continue"`: it runs;
   * `{ errno }`: it fails with that, unmade. Answered in the same turn unless it returns a promise. One that throws, or
   * is late, lets the exec run.
   *
   * A verdict is no security boundary: another thread of the program may change path and arguments after the look.
   */
  readonly onExec: (call: ExecCall) => void | ExecVerdict | PromiseLike<void | ExecVerdict>;
  /** Called once for each exec when it is known, or can no more be known, what became of it. Costs two more looks at /proc an exec. */
  readonly onOutcome?: (call: ExecCall, outcome: ExecOutcome) => void;
  /** Called for what went wrong without harm to the programs. All of it is counted, too. */
  readonly onTrouble?: (trouble: ExecTrouble) => void;
  /** How long a promise may take, milliseconds (default 2000). */
  readonly deadlineMs?: number;
  /** Bytes kept of one argument (default 131,072, the most there can be). */
  readonly argumentBytes?: number;
  /** Bytes kept of all arguments of an exec, and of its environment (default 2 MiB). */
  readonly totalBytes?: number;
  /** Calls to be told of besides the execs (default none). */
  readonly others?: OtherCalls;
  /** What may stand by for our death, in this order (default the small program, then a Node.js). */
  readonly guards?: readonly GuardKind[];
  /** The thread that is to start the commands, of `beginExecThread()`; not together with `others` (default one made now). */
  readonly thread?: ExecThread;
}

/** The options with their defaults. */
export interface CheckedOptions {
  readonly onExec: (call: ExecCall) => unknown;
  readonly onOutcome: ExecStopOptions["onOutcome"];
  readonly onTrouble: (trouble: ExecTrouble) => void;
  readonly deadlineMs: number;
  readonly limits: StringLimits;
  readonly others: OtherCalls | undefined;
  readonly guards: readonly GuardKind[];
  readonly thread: ExecThread | undefined;
}

/** Most that a Node.js timer can wait. */
const DEADLINE_MAX_MS = 2_147_483_647;
const GUARDS: ReadonlySet<unknown> = new Set<GuardKind>(["program", "node"]);

/** @throws TypeError or RangeError that names the option and what would be right */
export function checkOptions(options: ExecStopOptions): CheckedOptions {
  const { onExec, onOutcome, onTrouble = () => {}, others, guards = ["program", "node"] } = options;
  const { thread } = options;
  const { deadlineMs = 2000, argumentBytes = 131_072, totalBytes = 2 * 1024 * 1024 } = options;
  requireFunction("onExec", onExec);
  if (onOutcome !== undefined) requireFunction("onOutcome", onOutcome);
  requireFunction("onTrouble", onTrouble);
  if (others !== undefined) {
    requireFunction("others.numbers", others.numbers);
    requireFunction("others.onCall", others.onCall);
  }
  if (thread !== undefined && !(thread instanceof ExecThread)) {
    throw new TypeError("thread must be what beginExecThread() returned");
  }
  if (thread !== undefined && others !== undefined) {
    throw new TypeError("others must be left out with a thread: its filter is without them");
  }
  requireWhole("deadlineMs", deadlineMs, DEADLINE_MAX_MS);
  requireWhole("argumentBytes", argumentBytes, Number.MAX_SAFE_INTEGER);
  requireWhole("totalBytes", totalBytes, Number.MAX_SAFE_INTEGER);
  if (!Array.isArray(guards) || !guards.every((kind) => GUARDS.has(kind))) {
    throw new TypeError(`guards must be a list of "program" and "node", got ${String(guards)}`);
  }
  const limits = { perString: argumentBytes, total: totalBytes };
  return { onExec, onOutcome, onTrouble, deadlineMs, limits, others, guards, thread };
}

function requireFunction(name: string, value: unknown): void {
  if (typeof value !== "function") {
    throw new TypeError(`${name} must be a function, got ${typeof value}`);
  }
}

function requireWhole(name: string, value: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= 1 && value <= most) return;
  throw new RangeError(`${name} must be a whole number from 1 to ${most}, got ${String(value)}`);
}
