import { commandLine, shellCommand } from "../model/command.ts";
import {
  DELAY_FIGURES,
  type ModelExec,
  type ModelFailedExec,
  type ModelTask,
  type TraceModel,
} from "../model/trace-model.ts";
import { mainRoot } from "../model/critical-path.ts";
import type { PackedExec, PackedRest, PackedTask, PageMeta } from "./page-data.ts";
import { textOf, textsOf } from "../model/line-fields.ts";

/** Audit lines of one task that a page carries. */
const AUDIT_LINES = 50;

/** Gives each text a place. 0 is the one that is absent. */
export class Texts {
  readonly all: string[] = [""];
  readonly #places = new Map<string, number>();

  place(text: string | undefined): number {
    if (text === undefined) return 0;
    const known = this.#places.get(text);
    if (known !== undefined) return known;
    const place = this.all.push(text) - 1;
    this.#places.set(text, place);
    return place;
  }

  places(texts: readonly string[] | undefined): readonly number[] | 0 {
    return texts === undefined ? 0 : texts.map((text) => this.place(text));
  }
}

/** The heading of a page. */
export function packMeta(model: TraceModel): PageMeta {
  const { header, summary, wallClockNs, endNs, has } = model;
  const writer = [textOf(header?.writer?.name), textOf(header?.writer?.version)];
  const command = textsOf(header?.command);
  const root = model.tasks[mainRoot(model.tasks)];
  const facts = {
    host: textOf(header?.host),
    kernel: textOf(header?.kernel),
    arch: textOf(header?.arch),
    writer: writer.filter((part) => part !== undefined).join(" ") || undefined,
    scope: textOf(header?.scope),
    source: textOf(header?.source?.kind),
    outcome: outcome(summary?.command),
  };
  const known = Object.entries(facts).filter(([, value]) => value !== undefined);
  const whole = header?.scope === "all" ? "all tasks of the host" : "a trace";
  const title = command?.length ? shellCommand(command) : undefined;
  return {
    title: title ?? (root && header?.scope !== "all" ? commandLine(model, root) : whole),
    ...(Object.fromEntries(known) as Partial<PageMeta>),
    ...(wallClockNs !== undefined && { startedMs: Number(wallClockNs / 1_000_000n) }),
    endNs,
    hasDelays: has.delays,
    hasSamples: has.samples,
    hasAudit: has.audit,
  };
}

function outcome(end: unknown): string | undefined {
  if (typeof end !== "object" || end === null) return undefined;
  const { code, signal } = end as { code?: unknown; signal?: unknown };
  if (typeof signal === "string") return `ended by ${signal}`;
  return typeof code === "number" ? `exit code ${code}` : undefined;
}

export function packTask(task: ModelTask, texts: Texts): PackedTask {
  const { figures } = task.delays ?? {};
  const rest = packRest(task, texts);
  return [
    task.id,
    task.pid,
    task.tgid,
    task.ppid,
    task.parent,
    task.startNs,
    task.endNs - task.startNs,
    task.exit?.code ?? -1,
    task.execs.map((exec) => packExec(exec, texts)),
    figures ? DELAY_FIGURES.map((name) => figures[name] ?? null) : 0,
    ...(Object.keys(rest).length > 0 ? ([rest] as const) : ([] as const)),
  ];
}

function packExec(exec: ModelExec, texts: Texts): PackedExec {
  const { argvTruncatedBytes, source, isEarlier, isAudited, missing } = exec;
  const more = {
    ...(argvTruncatedBytes !== undefined && { cut: argvTruncatedBytes }),
    ...(source !== undefined && { source: texts.place(source) }),
    ...(isEarlier && { isEarlier }),
    ...(isAudited && { isAudited }),
    ...(missing && { missing }),
  };
  const known = [
    exec.timeNs,
    texts.place(exec.exe),
    texts.places(exec.argv),
    texts.place(exec.cwd),
    texts.place(exec.cgroup),
  ] as const;
  return Object.keys(more).length > 0 ? [...known, more] : known;
}

function packRest(task: ModelTask, texts: Texts): PackedRest {
  const { exit, existing, isStartUnknown, ids, marks, failedExecs, delays, samples, audit } = task;
  return {
    ...(exit?.signal !== undefined && { signal: exit.signal }),
    ...(exit?.coreDumped && { core: true }),
    ...(exit?.synthetic !== undefined && { synthetic: exit.synthetic }),
    ...(exit === undefined && { alive: true }),
    ...(existing && { existing }),
    ...(isStartUnknown && { startUnknown: true }),
    ...(ids.length > 0 && {
      ids: ids.map(({ timeNs, ruid, euid, rgid, egid }) =>
        [timeNs, ruid, euid, rgid, egid].map((id) => id ?? null),
      ),
    }),
    ...(marks.length > 0 && {
      marks: marks.map(({ timeNs, type, text }) => [timeNs, type, text] as const),
    }),
    ...(failedExecs.length > 0 && { failed: failedExecs.map((exec) => packFailed(exec, texts)) }),
    ...(delays && {
      delays: {
        source: delays.source,
        comm: texts.place(delays.comm),
        ...(delays.threads !== undefined && { threads: delays.threads }),
        ...(delays.hadThreads && { many: true }),
        ...(delays.missing && { missing: delays.missing }),
      },
    }),
    ...(samples && {
      samples: [
        texts.place(samples.command),
        samples.samples,
        samples.cpuNs,
        samples.userNs,
        samples.kernelNs,
        samples.functions.map(
          ({ name, module, samples: n, selfNs }) =>
            [texts.place(name), texts.place(module), n, selfNs] as const,
        ),
      ],
    }),
    ...(audit.length > 0 && { audit: audit.slice(0, AUDIT_LINES) }),
    ...(audit.length > AUDIT_LINES && { auditLeft: audit.length - AUDIT_LINES }),
  };
}

function packFailed(
  { timeNs, path, argv, code, refusedBy, isUncertain }: ModelFailedExec,
  texts: Texts,
): NonNullable<PackedRest["failed"]>[number] {
  const [file, words] = [texts.place(path), texts.places(argv)];
  const known = [timeNs, file, words, texts.place(code), texts.place(refusedBy)] as const;
  return isUncertain ? [...known, isUncertain] : known;
}
