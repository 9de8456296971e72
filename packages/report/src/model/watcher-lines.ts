import type { AnyLine } from "@task-watchers/trace";
import type { Interner } from "./interner.ts";
import {
  decimalOf,
  numberOf,
  objectOf,
  reasonsOf,
  textOf,
  textsOf,
  timeSince,
} from "./line-fields.ts";
import {
  DELAY_FIGURES,
  type DelayFigureName,
  type FunctionSamples,
  type ModelDelays,
  type ModelExec,
  type ModelFailedExec,
  type ModelSamples,
} from "./trace-model.ts";

/** What a `delays` line says. */
export function delaysOf(line: AnyLine, originNs: bigint, names: Interner): ModelDelays {
  const figures: Partial<Record<DelayFigureName, number>> = {};
  for (const name of DELAY_FIGURES) {
    const value = decimalOf(line[name]);
    if (value !== undefined && value >= 0) figures[name] = value;
  }
  const comm = names.text(textOf(line["comm"]));
  const threads = numberOf(line["threads"]);
  const asOfNs = timeSince(originNs, line["asOfNs"]);
  const missing = reasonsOf(line["missing"]);
  return {
    source: names.text(textOf(line["source"]) ?? "?"),
    figures,
    ...(comm !== undefined && { comm }),
    hadThreads: line["hadThreads"] === true,
    ...(threads !== undefined && { threads }),
    ...(asOfNs !== undefined && { asOfNs }),
    ...(missing && { missing }),
  };
}

/** What a `samples` line says; undefined when it does not say how many. */
export function samplesOf(line: AnyLine, names: Interner): ModelSamples | undefined {
  const samples = numberOf(line["samples"]);
  const cpuNs = decimalOf(line["cpuNs"]);
  if (samples === undefined || cpuNs === undefined) return undefined;
  const list: readonly unknown[] = Array.isArray(line["functions"]) ? line["functions"] : [];
  return {
    command: names.text(textOf(line["command"]) ?? "?"),
    samples,
    cpuNs,
    userNs: decimalOf(line["userNs"]) ?? 0,
    kernelNs: decimalOf(line["kernelNs"]) ?? 0,
    functions: list.flatMap((entry) => functionOf(entry, names)),
  };
}

function functionOf(entry: unknown, names: Interner): FunctionSamples[] {
  const { name, module, samples, selfNs } = objectOf(entry) ?? {};
  const [count, ns] = [numberOf(samples), decimalOf(selfNs)];
  if (count === undefined || ns === undefined) return [];
  return [
    {
      name: names.text(textOf(name) ?? ""),
      module: names.text(textOf(module) ?? ""),
      samples: count,
      selfNs: ns,
    },
  ];
}

/** What an `exec` line says, or the field of another that has the same facts. */
export function execOf(
  facts: Readonly<Record<string, unknown>>,
  timeNs: number,
  names: Interner,
): ModelExec {
  const exe = names.text(textOf(facts["exe"]));
  const argv = names.list(textsOf(facts["argv"]));
  const cwd = names.text(textOf(facts["cwd"]));
  const cgroup = names.text(textOf(facts["cgroup"]));
  const source = names.text(textOf(facts["source"]));
  const argvTruncatedBytes = numberOf(facts["argvTruncatedBytes"]);
  const missing = reasonsOf(facts["missing"]);
  return {
    timeNs,
    ...(exe !== undefined && { exe }),
    ...(argv !== undefined && { argv }),
    ...(argvTruncatedBytes !== undefined && { argvTruncatedBytes }),
    ...(cwd !== undefined && { cwd }),
    ...(cgroup !== undefined && { cgroup }),
    ...(source !== undefined && { source }),
    ...(missing && { missing }),
  };
}

/** What an `exec-failed` line says. */
export function failedExecOf(line: AnyLine, timeNs: number, names: Interner): ModelFailedExec {
  const path = names.text(textOf(line["path"]));
  const argv = names.list(textsOf(line["argv"]));
  const code = names.text(textOf(line["code"]));
  const refusedBy = names.text(textOf(objectOf(line["refused"])?.["by"]));
  return {
    timeNs,
    ...(path !== undefined && { path }),
    ...(argv !== undefined && { argv }),
    ...(code !== undefined && { code }),
    ...(refusedBy !== undefined && { refusedBy }),
    ...(line["certain"] === false && { isUncertain: true }),
  };
}
