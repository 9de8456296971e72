import type { ModelSamples, ModelTask, TraceModel } from "../model/trace-model.ts";
import { type Export, ExportError, Pieces } from "./export.ts";
import { programNames } from "./task-order.ts";
import { cut, visibleText } from "./visible-text.ts";

/** Ancestors of a task that are told: of a chain that is deeper, the nearest. */
const DEPTH = 100;

/**
 * A file for speedscope.app, weights in nanoseconds of CPU time: one profile by program and function, one with the programs
 * of a task's ancestors above it. A trace has each task's hottest functions and no stacks; what they leave is `[others]`.
 *
 * @throws ExportError when the trace has no samples
 */
export const writeSpeedscope: Export = async (model, write) => {
  if (!model.has.samples) {
    throw new ExportError(
      "the trace has no CPU samples, and speedscope shows nothing else; task-watchers run --with profile --json FILE records them",
    );
  }
  const pieces = new Pieces(write);
  const frames = new Frames();
  const names = programNames(model);
  const sampled = model.tasks.filter(({ samples }) => samples !== undefined);
  const byProgram = new Profile("programs and functions");
  const byTree = new Profile("tree of tasks");
  for (const task of sampled) {
    if (task.samples === undefined) continue;
    const program = frames.of(task.samples.command, "[program]");
    const above = ancestors(model, task).map(({ index }) =>
      frames.of(names[index] ?? "?", "[program]"),
    );
    for (const [name, module, selfNs] of leaves(task.samples)) {
      const leaf = frames.of(name, module);
      byProgram.add([program, leaf], selfNs);
      byTree.add([...above, program, leaf], selfNs);
    }
  }
  const { header } = model;
  const title = header?.command?.join(" ") ?? header?.host ?? "trace";
  const head = {
    $schema: "https://www.speedscope.app/file-format-schema.json",
    exporter: "task-watchers",
    name: cut(visibleText(title), 200),
    activeProfileIndex: 0,
    shared: { frames: frames.list },
  };
  await pieces.add(`${JSON.stringify(head).slice(0, -1)},"profiles":[\n`);
  await byProgram.write(pieces);
  await pieces.add(",\n");
  await byTree.write(pieces);
  await pieces.add("\n]}\n");
  await pieces.flush();
};

function ancestors({ tasks }: TraceModel, task: ModelTask): ModelTask[] {
  const above: ModelTask[] = [];
  let here = tasks[task.parent];
  while (here && above.length < DEPTH) {
    above.unshift(here);
    here = tasks[here.parent];
  }
  return above;
}

function* leaves({
  functions,
  cpuNs,
}: ModelSamples): Generator<readonly [name: string, module: string, selfNs: number]> {
  let restNs = cpuNs;
  for (const { name, module, selfNs } of functions) {
    if (selfNs <= 0) continue;
    yield [name === "" ? "[unknown]" : name, module, selfNs];
    restNs -= selfNs;
  }
  if (restNs > 0) yield ["[others]", "", restNs];
}

class Frames {
  readonly list: { readonly name: string; readonly file: string }[] = [];
  readonly #places = new Map<string, number>();

  of(name: string, file: string): number {
    const key = `${file}\0${name}`;
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const place = this.list.length;
    this.list.push({ name: visibleText(name), file: visibleText(file) });
    this.#places.set(key, place);
    return place;
  }
}

class Profile {
  readonly #name: string;
  readonly #weights = new Map<string, number>();
  #totalNs = 0;

  constructor(name: string) {
    this.#name = name;
  }

  add(stack: readonly number[], weightNs: number): void {
    const key = JSON.stringify(stack);
    this.#weights.set(key, (this.#weights.get(key) ?? 0) + weightNs);
    this.#totalNs += weightNs;
  }

  async write(pieces: Pieces): Promise<void> {
    const head = { type: "sampled", name: this.#name, unit: "nanoseconds", startValue: 0 };
    await pieces.add(
      `${JSON.stringify({ ...head, endValue: this.#totalNs }).slice(0, -1)},"samples":[`,
    );
    await list(pieces, this.#weights.keys());
    await pieces.add('],"weights":[');
    await list(pieces, this.#weights.values());
    await pieces.add("]}");
  }
}

async function list(pieces: Pieces, items: Iterable<string | number>): Promise<void> {
  let separator = "";
  for (const item of items) {
    const full = pieces.add(`${separator}${item}`);
    if (full) await full;
    separator = ",";
  }
}
