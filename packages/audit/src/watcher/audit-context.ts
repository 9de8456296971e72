import type { ExecEvent, ExecFailedNotice, ExitEvent, Task } from "@task-watchers/chain";
import type { AuditFacts } from "../facts/audit-facts.ts";
import type { ByteBudget } from "./byte-budget.ts";
import { ExecPairs, type PairedExecs } from "./exec-pairs.ts";
import { ExecSearch, type FailedExec, isExec } from "./exec-search.ts";
import type { TaskSpan } from "./past-tasks.ts";
import type { ToldEvent } from "./told-event.ts";

export type { AuditedExec } from "./exec-pairs.ts";

/** Kept of one task: so many execs, so many other events, and bytes of all. One that runs for days may fail 100,000 execs. */
const KEPT = 1024;
const KEPT_BYTES = 8 * 1024 * 1024;

/** Signals of which a program dies with a record (ANOM_ABEND): those that dump core, but SIGQUIT. `fs/coredump.c` */
const CRASHES: ReadonlySet<number> = new Set([4, 5, 6, 7, 8, 11, 24, 25, 31]);

/** What contexts share. */
export interface ContextParts {
  /** Memory of all contexts. */
  readonly budget: ByteBudget;
  /** An exec failed that was none of a search. */
  readonly failed: (failed: FailedExec) => void;
}

/** What the kernel's records say of one task: made at its `init`, let go once that was told. */
export class AuditContext {
  readonly task: Task;
  /** The id it logged in with; absent when it never did, or no record told. */
  loginuid: number | undefined;
  /** Its audit session; absent as above. */
  session: number | undefined;
  /** Its own object, small enough to outlive this. */
  readonly span: TaskSpan & { endNs: bigint | undefined };
  readonly #budget: ByteBudget;
  readonly #search: ExecSearch;
  #pairs = new ExecPairs();
  #failed: AuditFacts[] = [];
  #told: ToldEvent[] = [];
  #others = 0;
  #runs = 0;
  #bytes = 0;
  #unkept = 0;
  #exit: ExitEvent | undefined;
  #ended = false;
  #crashed = false;
  #isLetGo = false;

  constructor(task: Task, { budget, failed }: ContextParts) {
    this.task = task;
    this.span = { id: task.id, tgid: task.tgid, startNs: task.startNs, endNs: undefined };
    this.#budget = budget;
    this.#search = new ExecSearch((one) => {
      failed(one);
      if (one.facts !== undefined) this.#failed.push(one.facts);
    });
  }

  /** The task runs another program: a record of that is due. */
  exec(event: ExecEvent): void {
    if (event.synthetic !== undefined) return;
    const hasRoom = () => this.#pairs.keptExecs < KEPT && this.#takeRoom(bytesOf(event));
    this.#pairs.exec(event, hasRoom);
  }

  /** An exec did not happen, which may have been told of: no record of it is due. */
  execFailed({ timeNs, raised }: ExecFailedNotice): void {
    if (!raised || this.#isLetGo) return;
    const event = this.#pairs.fail(timeNs);
    if (event !== undefined) this.#giveRoom(bytesOf(event));
  }

  /** The task ends. */
  end(exit: ExitEvent): void {
    this.#exit = exit;
    this.span.endNs = exit.timeNs;
  }

  get exit(): ExitEvent | undefined {
    return this.#exit;
  }

  take(told: ToldEvent): void {
    if (this.#isLetGo) return;
    const { auid, session, syscallName, success, type } = told.brief;
    this.loginuid = auid ?? this.loginuid;
    this.session = session ?? this.session;
    const isRun = isExec(syscallName) && success === true;
    const isKept = this.#keep(told, isRun);
    if (isExec(syscallName) && (!isRun || this.#search.isOpen)) {
      this.#search.take(told.facts, isKept);
    } else this.#search.end();
    if (isRun) this.#pairs.record(told.fromNs, isKept ? told : undefined);
    if (syscallName === "exit_group") this.#ended = true;
    if (type === "ANOM_ABEND") this.#crashed = true;
  }

  /** Nothing more is to come, by what came: the end itself was told, and a record for every exec. */
  get isComplete(): boolean {
    return this.#ended && this.#pairs.hasAll;
  }

  /** It crashed, and the record of that has not come. */
  get lacksCrash(): boolean {
    return !this.#crashed && CRASHES.has(this.#exit?.signal ?? 0);
  }

  /** Everything that is kept of what was told of it, in the order of records. */
  get facts(): readonly AuditFacts[] {
    return this.#told.map(({ facts }) => facts);
  }

  /** Events that were told and not kept here. */
  get unkept(): number {
    return this.#unkept;
  }

  /** Execs that failed, of those that are kept. To be asked when nothing more comes: a search may be going on. */
  failedExecs(): readonly AuditFacts[] {
    this.#search.end();
    return this.#failed;
  }

  /** Every exec the chain told of, each with its record where there is one that can be no other's. */
  execs(): PairedExecs {
    return this.#pairs.paired();
  }

  /** Execs without a record, of all. */
  get unrecorded(): number {
    return this.#pairs.unrecorded;
  }

  /** It was told of: others may have the room, and what comes is not kept any more. Twice does nothing. */
  letGo(): void {
    this.#isLetGo = true;
    this.#search.end();
    this.#told = [];
    this.#failed = [];
    this.#pairs = new ExecPairs();
    this.#giveRoom(this.#bytes);
  }

  #keep(told: ToldEvent, isRun: boolean): boolean {
    const isKept = (isRun ? this.#runs : this.#others) < KEPT && this.#takeRoom(told.factBytes);
    if (!isKept) this.#unkept++;
    else {
      this.#told.push(told);
      if (isRun) this.#runs++;
      else this.#others++;
    }
    return isKept;
  }

  #takeRoom(bytes: number): boolean {
    if (this.#bytes + bytes > KEPT_BYTES || !this.#budget.take(bytes)) return false;
    this.#bytes += bytes;
    return true;
  }

  #giveRoom(bytes: number): void {
    this.#budget.give(bytes);
    this.#bytes -= bytes;
  }
}

/** Memory of an exec as the chain tells it, bytes, rather too much than too little. */
function bytesOf({ exe, argv, cwd, cgroup }: ExecEvent): number {
  const words = [exe, cwd, cgroup, ...(Array.isArray(argv) ? argv : [])];
  return words.reduce<number>(
    (sum, word) => sum + 32 + (typeof word === "string" ? 2 * word.length : 0),
    512,
  );
}
