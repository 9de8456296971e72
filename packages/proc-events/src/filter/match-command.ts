import type { ExecFacts } from "../event/proc-event.ts";

/** One pattern of a command, or several of which one must hold; see `ProcEventFilter.command`. */
export type CommandPatterns = string | RegExp | readonly (string | RegExp)[];

/**
 * Whether what a task runs fits one of the patterns. Text is compared with the name of the program, as it was called and
 * as it is on disk; a RegExp is looked for in the arguments joined by a space, or in the path where there are none. What
 * is not known fits nothing.
 */
export function matchesCommand(patterns: CommandPatterns, exec: ExecFacts | undefined): boolean {
  if (exec === undefined) return false;
  const list = Array.isArray(patterns) ? patterns : [patterns];
  return list.some((pattern: string | RegExp) =>
    typeof pattern === "string" ? isNamed(pattern, exec) : isFound(pattern, exec),
  );
}

function isNamed(name: string, { exe, argv }: ExecFacts): boolean {
  if (isList(argv) && argv[0] !== undefined && basename(argv[0]) === name) return true;
  return typeof exe === "string" && basename(exe.replace(/ \(deleted\)$/u, "")) === name;
}

function isFound(pattern: RegExp, { exe, argv }: ExecFacts): boolean {
  const line = isList(argv) ? argv.join(" ") : exe;
  if (typeof line !== "string") return false;
  // With the flag g or y an expression would begin where it last ended.
  pattern.lastIndex = 0;
  return pattern.test(line);
}

function isList(argv: ExecFacts["argv"]): argv is readonly string[] {
  return Array.isArray(argv);
}

function basename(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
