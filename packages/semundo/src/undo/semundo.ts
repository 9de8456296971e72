import {
  type ModuleStatus,
  taskWatchers,
  type TaskWatchers,
  type Watch,
  type WatcherModule,
} from "@task-watchers/chain";
import { VERSION } from "../version.ts";
import { ChainEnds, type UndoVariant } from "./chain-ends.ts";
import { createLedger, type LedgerOptions } from "./ledger.ts";
import { toUndoLine, UNDO_LINE } from "./undo-line.ts";
import type { UndoLedger } from "./undo-ledger.ts";
import type { UndoCounters } from "./undo-report.ts";

/** The watcher module of undo: its ledger works without a watch; with one it hears of ends sooner and writes lines. */
export interface Semundo extends WatcherModule {
  readonly ledger: UndoLedger;
  status(): ModuleStatus;
}

/** How a module is made. */
export interface SemundoOptions extends LedgerOptions {
  /** Name in its registry (default `"semundo"`). */
  readonly name?: string;
  /** Where ends are heard of (default `"per-task"`). */
  readonly variant?: UndoVariant;
  /** The registry it is to be loaded into (default: that of the process). */
  readonly watchers?: TaskWatchers;
}

/**
 * A module with a ledger of its own, for a registry of one's own.
 *
 * @throws TypeError on a bad option; as `createLedger`
 */
export function createSemundo(options: SemundoOptions = {}): Semundo {
  const { name = "semundo", variant = "per-task", watchers = taskWatchers } = options;
  if (variant !== "per-task" && variant !== "global") {
    throw new TypeError(`variant must be "per-task" or "global", got ${String(variant)}`);
  }
  const ends = new ChainEnds(watchers, variant);
  const ledger = createLedger(options);
  ledger.useEvents(ends.add);
  let stop: (() => void) | undefined;
  return {
    name,
    version: VERSION,
    ledger,
    lines: { [UNDO_LINE]: "What a holder held on a semaphore went back." },
    watcher:
      variant === "global"
        ? { name, exit: (_event, task) => ends.ended(task) }
        : // A watcher needs an op. This one does nothing, for the rarest of events.
          { name, gid() {} },
    open(watch: Watch): void {
      stop = ledger.onUndo((report) => watch.writeLine(toUndoLine(report)));
      ends.open(watch);
    },
    close(): void {
      stop?.();
      stop = undefined;
      ends.close();
    },
    status: () => ({
      state: stop === undefined ? "loaded" : "open",
      counters: { ...ledger.counters() },
      notes: notesAbout(ledger.counters()),
    }),
  };
}

function notesAbout(counters: UndoCounters): string[] {
  const { overcommitted, failed, notWritten, linesSkipped } = counters;
  return [
    ...(overcommitted > 0
      ? [`${overcommitted} units of living holders had been taken by others before a restart`]
      : []),
    ...(failed > 0
      ? [`${failed} adjustments were refused by the kernel; it makes them when this process ends`]
      : []),
    ...(notWritten > 0
      ? [
          `${notWritten} changes are missing from the ledger's file: a restart will not know of them`,
        ]
      : []),
    ...(linesSkipped > 0 ? [`${linesSkipped} lines of the ledger's file said nothing`] : []),
  ];
}
