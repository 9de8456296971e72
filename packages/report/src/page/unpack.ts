import type { AnyLine } from "@task-watchers/trace";
import type { PackedExec, PackedTask, PageData } from "../html/page-data.ts";
import {
  DELAY_FIGURES,
  type DelayFigureName,
  type ModelExec,
  type ModelIds,
  type ModelTask,
} from "../model/trace-model.ts";

/** What the page carries, decompressed. */
export async function readData(): Promise<PageData> {
  const source = document.getElementById("data")?.textContent ?? "";
  const packed = Uint8Array.from(atob(source), (character) => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return (await new Response(stream).json()) as PageData;
}

/** The tasks as they were when they were packed. */
export function unpackTasks({ tasks, texts }: PageData): ModelTask[] {
  return tasks.map((packed, index) => unpackTask(packed, index, texts));
}

function unpackTask(packed: PackedTask, index: number, texts: readonly string[]): ModelTask {
  const [id, pid, tgid, ppid, parent, startNs, lengthNs, code, execs, figures, more = {}] = packed;
  const text = (place: number): string => texts[place] ?? "";
  const { delays, samples } = more;
  return {
    ...{ index, id, pid, tgid, ppid, parent, startNs, endNs: startNs + lengthNs },
    existing: more.existing === true,
    isStartUnknown: more.startUnknown === true,
    ...(!more.alive && {
      exit: {
        ...(code >= 0 && { code }),
        ...(more.signal !== undefined && { signal: more.signal }),
        coreDumped: more.core === true,
        ...(more.synthetic !== undefined && { synthetic: more.synthetic }),
      },
    }),
    execs: execs.map((exec) => unpackExec(exec, texts)),
    failedExecs: (more.failed ?? []).map(([timeNs, path, argv, code, refusedBy, isUncertain]) => ({
      timeNs,
      ...(path !== 0 && { path: text(path) }),
      ...(argv !== 0 && { argv: argv.map(text) }),
      ...(code !== 0 && { code: text(code) }),
      ...(refusedBy !== 0 && { refusedBy: text(refusedBy) }),
      ...(isUncertain && { isUncertain }),
    })),
    ids: (more.ids ?? []).map(unpackIds),
    marks: (more.marks ?? []).map(([timeNs, type, text]) => ({ timeNs, type, text })),
    ...(delays && {
      delays: {
        source: delays.source,
        figures: unpackFigures(figures),
        ...(delays.comm !== 0 && { comm: text(delays.comm) }),
        hadThreads: delays.many === true,
        ...(delays.threads !== undefined && { threads: delays.threads }),
        ...(delays.missing && { missing: delays.missing }),
      },
    }),
    ...(samples && {
      samples: {
        ...{ command: text(samples[0]), samples: samples[1] },
        ...{ cpuNs: samples[2], userNs: samples[3], kernelNs: samples[4] },
        functions: samples[5].map(([name, module, n, selfNs]) => ({
          ...{ name: text(name), module: text(module), samples: n, selfNs },
        })),
      },
    }),
    audit: (more.audit ?? []) as readonly AnyLine[],
  };
}

function unpackExec(packed: PackedExec, texts: readonly string[]): ModelExec {
  const [timeNs, exe, argv, cwd, cgroup, more] = packed;
  const text = (place: number): string => texts[place] ?? "";
  return {
    timeNs,
    ...(exe !== 0 && { exe: text(exe) }),
    ...(argv !== 0 && { argv: argv.map(text) }),
    ...(cwd !== 0 && { cwd: text(cwd) }),
    ...(cgroup !== 0 && { cgroup: text(cgroup) }),
    ...(more?.cut !== undefined && { argvTruncatedBytes: more.cut }),
    ...(more?.source !== undefined && { source: text(more.source) }),
    ...(more?.isEarlier && { isEarlier: more.isEarlier }),
    ...(more?.isAudited && { isAudited: more.isAudited }),
    ...(more?.missing && { missing: more.missing }),
  };
}

function unpackFigures(packed: PackedTask[9]): Partial<Record<DelayFigureName, number>> {
  const figures: Partial<Record<DelayFigureName, number>> = {};
  if (packed === 0) return figures;
  DELAY_FIGURES.forEach((name, i) => {
    const value = packed[i];
    if (value !== null && value !== undefined) figures[name] = value;
  });
  return figures;
}

function unpackIds(packed: readonly (number | null)[]): ModelIds {
  const [timeNs, ruid, euid, rgid, egid] = packed;
  const known = Object.entries({ ruid, euid, rgid, egid }).filter(([, id]) => id !== null);
  return { timeNs: timeNs ?? 0, ...(Object.fromEntries(known) as Partial<ModelIds>) };
}
