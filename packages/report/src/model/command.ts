import { lastExec } from "./outcome.ts";
import type { ModelExec, ModelTask, TraceModel } from "./trace-model.ts";

/**
 * The program a task ran last, by its name: from its arguments, its executable, its accounting or its samples; of one that
 * ran none, its nearest ancestor's. `"?"` when nobody knows. Any text at all.
 */
export function programName(model: Pick<TraceModel, "tasks">, task: ModelTask): string {
  for (let here: ModelTask | undefined = task; here; here = model.tasks[here.parent]) {
    const name = ownName(here);
    if (name !== undefined) return name;
  }
  return "?";
}

function ownName(task: ModelTask): string | undefined {
  const exec = lastExec(task);
  const path = exec?.argv?.[0] ?? exec?.exe;
  if (path !== undefined && path !== "") return baseName(path);
  return task.delays?.comm ?? task.samples?.command;
}

/** The last part of a path; all of it when there is none. */
export function baseName(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return name === "" ? path : name;
}

/** The command line in one piece, quoted as for a shell; the program's name when the arguments are not known. */
export function commandLine(model: Pick<TraceModel, "tasks">, task: ModelTask): string {
  const exec = lastExec(task);
  if (exec?.argv && exec.argv.length > 0) return shellCommand(exec.argv);
  return exec?.exe ?? programName(model, task);
}

/** What a shell runs as this exec: `cd` to its folder, then the command; undefined when the arguments are not known. */
export function shellCall(exec: ModelExec): string | undefined {
  if (exec.argv === undefined || exec.argv.length === 0) return undefined;
  const command = shellCommand(exec.argv);
  return exec.cwd === undefined ? command : `cd ${shellWord(exec.cwd)} && ${command}`;
}

/** Words as POSIX shells and bash read them; what cannot be seen is written in bash's `$'…'`. */
export function shellCommand(argv: readonly string[]): string {
  const [first = "", ...rest] = argv.map(shellWord);
  // A first word like NAME=value would be an assignment.
  return [first.includes("=") && first === argv[0] ? `'${first}'` : first, ...rest].join(" ");
}

const PLAIN = /^[\w@%+:,./=-]+$/u;
const NEEDS_ESCAPES =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|\p{Cs}/u;
const ESCAPED =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff'\\]|\p{Cs}/gu;

function shellWord(word: string): string {
  if (PLAIN.test(word)) return word;
  if (!NEEDS_ESCAPES.test(word)) return `'${word.replaceAll("'", String.raw`'\''`)}'`;
  return `$'${word.replace(ESCAPED, shellEscape)}'`;
}

function shellEscape(character: string): string {
  if (character === "'" || character === "\\") return `\\${character}`;
  const unit = character.charCodeAt(0);
  // A byte that is no UTF-8 stands as a lone surrogate of this range (PEP 383).
  if (unit >= 0xdc80 && unit <= 0xdcff) return `\\x${(unit - 0xdc00).toString(16)}`;
  if (unit < 0x80) return `\\x${unit.toString(16).padStart(2, "0")}`;
  return `\\u${unit.toString(16).padStart(4, "0")}`;
}
