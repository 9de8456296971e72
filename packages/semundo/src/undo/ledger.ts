import { monotonicNs } from "@task-watchers/linux";
import { SemaphoreError } from "../set/semaphore-error.ts";
import { codeOf } from "./give-back.ts";
import { type AccountOwner, type Adjusts, HolderAccount } from "./holder-account.ts";
import { type EndWatch, watchEnd } from "./holder-end.ts";
import { type Accounts, HolderHandle } from "./holder-handle.ts";
import { type HolderTarget, type KnownHolder, knowHolder } from "./holder-target.ts";
import { LedgerFile } from "./ledger-file.ts";
import type { LedgerEntry } from "./ledger-line.ts";
import type { EndByEvent, LedgerParts } from "./ledger-parts.ts";
import { machineKernel } from "./machine-kernel.ts";
import { isAlive } from "./process-identity.ts";
import { retake, type Retaken } from "./retake.ts";
import { Returns } from "./returns.ts";
import type { Restored, UndoLedger } from "./undo-ledger.ts";
import type { UndoHolder } from "./undo-holder.ts";
import type { UndoCounters, UndoReason, UndoReport } from "./undo-report.ts";
import type { Hold } from "../set/types.ts";
import { UndoHold } from "./undo-hold.ts";
import type { UndoableSet } from "./undoable-set.ts";

/** How a ledger is made. */
export interface LedgerOptions {
  /**
   * A file in which to keep what processes hold, so that a restart finds those that still live. Made with mode 0600 if there is
   * none; one process has it at a time. (Default: none)
   */
  readonly file?: string;
}

const MACHINE: LedgerParts = { kernel: machineKernel, watchEnd, isAlive, now: monotonicNs };

/**
 * A ledger of one's own; `semundo.ledger` is the one of the process.
 *
 * @param parts the machine, for tests (default: this one)
 * @throws TypeError on a bad option; SemaphoreError `EBUSY`, `EINVAL`, `EACCES` for a file that cannot be the ledger's, or an
 *   error of the file system
 */
export function createLedger(
  options: LedgerOptions = {},
  parts: LedgerParts = MACHINE,
): UndoLedger & LedgerOfModule {
  const { file } = options;
  if (file !== undefined && (typeof file !== "string" || file === "" || file.includes("\0"))) {
    throw new TypeError(`file must be a path, got ${JSON.stringify(file)}`);
  }
  return new Ledger(parts, file);
}

/** What the module does with its ledger besides. */
export interface LedgerOfModule {
  /** From now on, ends of processes are learned from events as well. */
  useEvents(endByEvent: EndByEvent): void;
}

class Ledger implements UndoLedger, LedgerOfModule, AccountOwner, Accounts {
  readonly #parts: LedgerParts;
  readonly #accounts = new Map<unknown, HolderAccount>();
  readonly #returns: Returns;
  readonly #file: LedgerFile | undefined;
  /** Entries of the file, by set, that nobody has settled yet. */
  readonly #unsettled = new Map<number, LedgerEntry[]>();
  #endByEvent: EndByEvent | undefined;
  #referenced = true;
  #closed = false;

  constructor(parts: LedgerParts, file: string | undefined) {
    this.#parts = parts;
    this.#returns = new Returns(parts);
    if (file === undefined) return;
    this.#file = new LedgerFile(file);
    this.#returns.tally.linesSkipped = this.#file.skipped;
    for (const entry of this.#file.entries()) {
      const entries = this.#unsettled.get(entry.set) ?? [];
      entries.push(entry);
      this.#unsettled.set(entry.set, entries);
    }
  }

  holder(target: HolderTarget): UndoHolder {
    return new HolderHandle(knowHolder(target), this);
  }

  scope(): UndoHolder {
    return this.holder(new AbortController().signal);
  }

  move(hold: Hold, target: HolderTarget): Hold {
    if (!(hold instanceof UndoHold)) {
      throw new TypeError("hold must be one that a holder of a ledger was given");
    }
    const holder = knowHolder(target);
    return hold.moveTo((id) => this.open(holder, { id }));
  }

  holders(): UndoHolder[] {
    return Array.from(this.#accounts.values(), ({ holder }) => new HolderHandle(holder, this));
  }

  counters(): UndoCounters {
    return { holders: this.#accounts.size, ...this.#returns.tally };
  }

  onUndo(listener: (report: UndoReport) => void): () => void {
    return this.#returns.onUndo(listener);
  }

  useEvents(endByEvent: EndByEvent): void {
    this.#endByEvent = endByEvent;
  }

  restore(set: Pick<UndoableSet, "id">): Restored {
    const entries = this.#unsettled.get(set.id) ?? [];
    this.#unsettled.delete(set.id);
    let [living, dead, overcommitted] = [0, 0, 0];
    for (const { process, adjusts } of entries) {
      const holder = { kind: "process", key: keyOf(process), process } as const;
      const account = this.#parts.isAlive(process) ? this.#reopen(holder) : undefined;
      if (account === undefined) {
        dead++;
        this.note(holder, set.id, []);
        continue;
      }
      living++;
      const retaken = this.#retaken(set.id, adjusts);
      overcommitted += retaken.overcommitted;
      account.restore(set.id, retaken.adjusts);
    }
    this.#returns.tally.overcommitted += overcommitted;
    return { living, dead, overcommitted };
  }

  ref(): void {
    this.#referenced = true;
    for (const account of this.#accounts.values()) account.ref();
  }

  unref(): void {
    this.#referenced = false;
    for (const account of this.#accounts.values()) account.unref();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const account of Array.from(this.#accounts.values())) account.close("close");
    this.#file?.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  find(holder: KnownHolder): HolderAccount | undefined {
    return this.#accounts.get(holder.key);
  }

  open(holder: KnownHolder, set: Pick<UndoableSet, "id">): HolderAccount {
    if (this.#closed)
      throw new SemaphoreError("semop", ECANCELED, { hint: "the ledger is closed" });
    if (this.#unsettled.has(set.id)) this.restore(set);
    return this.find(holder) ?? this.#begin(holder);
  }

  #begin(holder: KnownHolder): HolderAccount {
    const account = new HolderAccount(holder, this);
    this.#accounts.set(holder.key, account);
    if (!this.#referenced) account.unref();
    return account;
  }

  /** Undefined when it ended just now. */
  #reopen(holder: KnownHolder): HolderAccount | undefined {
    try {
      return this.find(holder) ?? this.#begin(holder);
    } catch (error) {
      if (codeOf(error) === "ESRCH") return undefined;
      throw error;
    }
  }

  #retaken(set: number, adjusts: Adjusts): Retaken {
    try {
      return retake(this.#parts.kernel, set, adjusts);
    } catch (error) {
      this.#returns.countRefusal(codeOf(error), adjusts.length);
      return { adjusts: [], overcommitted: 0 };
    }
  }

  watchEnd(holder: KnownHolder, onEnd: () => void): EndWatch {
    return this.#parts.watchEnd(holder, onEnd);
  }

  watchByEvent(holder: KnownHolder, onEnd: () => void): () => void {
    if (holder.kind !== "process" || this.#endByEvent === undefined) return () => {};
    const { process } = holder;
    return this.#endByEvent(process, () => {
      // An event may be inferred; what counts is that the process is gone.
      if (!this.#parts.isAlive(process)) onEnd();
    });
  }

  empty(holder: KnownHolder): void {
    this.#accounts.delete(holder.key);
  }

  note(holder: KnownHolder, set: number, adjusts: Adjusts): void {
    if (this.#file === undefined || holder.kind !== "process") return;
    try {
      this.#file.note({ process: holder.process, set, adjusts });
    } catch {
      this.#returns.tally.notWritten++;
    }
  }

  give(set: number, semaphore: number, units: number): void {
    this.#returns.give(set, semaphore, units);
  }

  giveBack(holder: KnownHolder, set: number, adjusts: Adjusts, reason: UndoReason): void {
    this.#returns.giveBack(holder, set, adjusts, reason);
  }
}

const ECANCELED = 125;

function keyOf({ pid, startTicks }: { readonly pid: number; readonly startTicks: number }): string {
  return `${pid}.${startTicks}`;
}
