/** What a line of a JIT map says of a function. */
export interface JitFunction {
  readonly name: string;
  /** Source file, and where in it the function is; JavaScript only. */
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/**
 * Kinds of code that V8 names: `JS:*name file:line:column`. Older releases say LazyCompile and Function for JS. The mark is
 * how it was compiled: `~` interpreted, `^` baseline, `+` in between, `*` optimised, with `'` for one context alone (since Node.js 24),
 * with `o` replaced while it ran (since 26); one function has a line for each.
 */
const JAVASCRIPT = /^(JS|LazyCompile|Function|Eval|Script|Callback):(o?[+*]'?|[~^-]?)(.*)$/su;
/** Where a file's name begins, if names have spaces in them: at a path, a URL, or a module of Node's own. */
const FILE_START = / (?=\/|node:|wasm:|[a-z][a-z0-9+.-]*:\/)/u;

/**
 * Reads the name that a runtime gave code it made. Node.js's own names become a function's name, file, line and column,
 * without the mark of how it was compiled; others (`Builtin:ArrayMap`, `RegExp:a.*b`) stay as they are.
 */
export function parseJitName(text: string): JitFunction {
  const [, kind, , rest = ""] = JAVASCRIPT.exec(text) ?? [];
  if (kind === undefined) return { name: text };
  const [, body = rest, line, column] = /^(.*):(\d{1,9}):(\d{1,9})$/su.exec(rest) ?? [];
  const unnamed = kind === "Eval" || kind === "Script" ? "(script)" : "(anonymous)";
  if (line === undefined) return { name: rest || unnamed };
  const at = FILE_START.exec(body)?.index ?? body.lastIndexOf(" ");
  if (at < 0) return { name: body || unnamed };
  return {
    name: body.slice(0, at) || unnamed,
    file: body.slice(at + 1),
    line: Number(line),
    column: Number(column),
  };
}
