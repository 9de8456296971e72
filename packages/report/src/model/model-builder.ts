import type { AnyLine, HeaderLine, SummaryLine } from "@task-watchers/trace";
import { Interner } from "./interner.ts";
import { bigDecimalOf, numberOf, objectOf, textOf, timeSince } from "./line-fields.ts";
import { EVENTS } from "./event-lines.ts";
import { added, TaskRecord } from "./task-record.ts";
import type { ModelLoss } from "./trace-model.ts";
import { delaysOf, samplesOf } from "./watcher-lines.ts";

/** How far back a line's time may be of one before it: those of several CPUs are merged, and watchers' come late. */
const DISORDER_NS = 1e9;

/** Makes tasks of lines, one after another. What a line lacks is left out; none makes it throw. */
export class ModelBuilder {
  header: HeaderLine | undefined;
  summary: SummaryLine | undefined;
  readonly tasks: TaskRecord[] = [];
  readonly losses: ModelLoss[] = [];
  readonly otherLines: Map<string, number> = new Map();
  originNs: bigint | undefined;
  /** The last time that an event had. */
  lastNs = 0;
  /** Events that are earlier than one before them, by more than can be. */
  backwards = 0;
  /** Lines of a task that lack its id, its pid or their time. */
  incomplete = 0;
  #isTrace = false;
  readonly #byId = new Map<string, TaskRecord>();
  readonly #names = new Interner();

  add(line: AnyLine): void {
    switch (line.type) {
      case "header":
        this.#setHeader(line);
        return;
      case "summary":
        this.summary = line as unknown as SummaryLine;
        this.#timeOf(line);
        return;
      case "lost":
      case "audit-lost":
        this.#addLoss(line);
        return;
      case "delays":
      case "samples":
      case "audit":
      case "semundo.undo":
        this.#addFacts(line);
        return;
      default:
        if (Object.hasOwn(EVENTS, line.type)) this.#addEvent(line);
        else this.#addOther(line.type);
    }
  }

  taskOf(id: string): TaskRecord | undefined {
    return this.#byId.get(id);
  }

  /** Whether any line is of a type that a trace has. */
  get isTrace(): boolean {
    return this.header !== undefined || this.summary !== undefined || this.#isTrace;
  }

  #addOther(type: string): void {
    this.otherLines.set(type, (this.otherLines.get(type) ?? 0) + 1);
  }

  #setHeader(line: AnyLine): void {
    // Only its first line is a header, and its schema was looked at; the rest may still be anything.
    this.header = line as unknown as HeaderLine;
    this.originNs = bigDecimalOf(objectOf(line["clock"])?.["startNs"]);
  }

  #timeOf(line: AnyLine): number | undefined {
    const { timeNs } = line;
    if (this.originNs === undefined) {
      this.originNs = bigDecimalOf(timeNs);
      return this.originNs === undefined ? undefined : 0;
    }
    return timeSince(this.originNs, timeNs);
  }

  #addLoss(line: AnyLine): void {
    this.#isTrace = true;
    const timeNs = this.#timeOf(line) ?? this.lastNs;
    const originNs = this.originNs ?? 0n;
    const untilNs = timeSince(originNs, line["untilNs"]) ?? timeNs;
    this.losses.push({
      type: line.type,
      reason: textOf(line["reason"]) ?? "?",
      count: numberOf(line["count"]) ?? null,
      sinceNs: Math.min(timeSince(originNs, line["sinceNs"]) ?? untilNs, untilNs),
      untilNs,
    });
  }

  #addEvent(line: AnyLine): void {
    this.#isTrace = true;
    const timeNs = this.#timeOf(line);
    const task = this.#taskFor(line, timeNs);
    if (task === undefined || timeNs === undefined) {
      this.incomplete++;
      return;
    }
    const isPast = line.type === "init" && line["existing"] === true;
    if (!isPast) {
      if (timeNs < this.lastNs - DISORDER_NS) this.backwards++;
      if (timeNs > this.lastNs) this.lastNs = timeNs;
    }
    EVENTS[line.type]?.(task, line, timeNs, this.#names);
    // One text for all the children, not one of each line.
    const { parentId } = task;
    if (parentId !== undefined) task.parentId = this.#byId.get(parentId)?.id ?? parentId;
  }

  #addFacts(line: AnyLine): void {
    const task = this.#taskFor(line, this.#timeOf(line));
    this.#isTrace ||= task !== undefined;
    if (task === undefined) {
      // Watchers tell of more than of tasks: of workers, of logins.
      this.#addOther(line.type);
      return;
    }
    const originNs = this.originNs ?? 0n;
    if (line.type === "delays") task.delays = delaysOf(line, originNs, this.#names);
    else if (line.type === "audit") task.audit = added(task.audit, line);
    else if (line.type === "samples") {
      const samples = samplesOf(line, this.#names);
      if (samples) task.samples = samples;
    } else {
      const text = ["set", "semaphore", "adjust", "reason"].map((name) => `${name} ${line[name]}`);
      task.marks = added(task.marks, {
        timeNs: this.#timeOf(line) ?? task.startNs,
        type: line.type,
        text: text.join(", "),
      });
    }
  }

  #taskFor(line: AnyLine, timeNs: number | undefined): TaskRecord | undefined {
    const { task: id } = line;
    if (typeof id !== "string") return undefined;
    const known = this.#byId.get(id);
    if (known) return known;
    const pid = numberOf(line["pid"]) ?? Number.parseInt(id, 10);
    if (timeNs === undefined || !Number.isSafeInteger(pid)) return undefined;
    const tgid = numberOf(line["tgid"]) ?? pid;
    const names = { id, pid, tgid, ppid: numberOf(line["ppid"]) ?? 0 };
    const task = new TaskRecord(this.tasks.length, names, timeNs);
    this.tasks.push(task);
    this.#byId.set(id, task);
    return task;
  }
}
