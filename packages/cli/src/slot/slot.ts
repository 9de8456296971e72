import { execProgram } from "@task-watchers/linux";
import { removeUnusedSlots, type Slot, type Slots, slots } from "@task-watchers/semundo/slots";
import { asUsage } from "../arguments.ts";
import { inheritedDescriptors } from "../inherited-descriptors.ts";
import { requireProc } from "../require-proc.ts";
import { count } from "../report/format.ts";
import { printable } from "../report/terminal-text.ts";
import { CommandError } from "../run/command-error.ts";
import { standardError } from "../standard-error.ts";
import { listSlotsCommand } from "./list.ts";
import type { SlotArguments } from "./slot-arguments.ts";

/** Exit statuses of a wait that ended without a slot: as timeout(1) has it, and as a shell tells of SIGINT. */
const TIMED_OUT = 124;
const INTERRUPTED = 130;

/**
 * `task-watchers slot`: becomes the command once it holds a slot; resolves with the exit status when it does not come to that.
 *
 * @throws CommandError; UsageError; SemaphoreError, SlotsCountError when there can be no such slots
 */
export async function slot(args: SlotArguments): Promise<number> {
  requireProc();
  if (args.list) return await listSlotsCommand(args);
  if (args.clean) {
    const removed = await removeUnusedSlots();
    const names = removed.map((name) => printable(name)).join(", ");
    say(removed.length === 0 ? "nothing to remove" : `removed ${names}`);
    return 0;
  }
  const inherited = inheritedDescriptors();
  const opened = await asUsage(() => slots(args.name, { count: args.count ?? 1 }));
  const held = await take(opened, args);
  if (typeof held === "number") {
    await opened.close();
    return held;
  }
  const [file = "", ...rest] = args.command;
  try {
    // The kernel keeps what this process holds when it becomes another program, and gives it back when that one ends.
    return execProgram(file, rest, inherited);
  } catch (error) {
    held.release();
    await opened.close();
    const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
    throw code === undefined ? error : new CommandError(file, code, { cause: error });
  }
}

/** A slot, or the exit status of a wait that ended without one. */
async function take(opened: Slots, args: SlotArguments): Promise<Slot | number> {
  const free = await opened.tryAcquire();
  if (free !== undefined) return free;
  const interrupted = new AbortController();
  const onSignal = (): void => interrupted.abort();
  process.on("SIGINT", onSignal);
  if (!args.quiet) say(`waiting for one of ${count(opened.count, "slot")} "${args.name}"`);
  try {
    const { timeoutMs } = args;
    return await opened.acquire({
      signal: interrupted.signal,
      ...(timeoutMs !== undefined && { timeoutMs }),
    });
  } catch (error) {
    if (interrupted.signal.aborted) return INTERRUPTED;
    const hasTimedOut = error instanceof Error && "code" in error && error.code === "ETIMEDOUT";
    if (!hasTimedOut) throw error;
    say(`no slot "${args.name}" was free in time; who holds them: task-watchers slot --list`);
    return TIMED_OUT;
  } finally {
    process.off("SIGINT", onSignal);
  }
}

function say(line: string): void {
  standardError.write(`${line}\n`);
}
