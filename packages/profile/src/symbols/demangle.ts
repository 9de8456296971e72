import { spawn } from "node:child_process";
import type { Frame } from "./frame.ts";

/** Names that C++ (Itanium ABI) and Rust compilers write: `_ZN3foo3barEv`, `_RNvC3foo3bar`. */
const MANGLED = /^_(?:Z|R)[A-Za-z0-9_.$]{1,4095}$/u;
/** The hash at the end of a Rust name of the older kind. */
const RUST_HASH = /::h[0-9a-f]{16}$/u;
/** What tells crates of one name apart, behind the name of a crate in a Rust name of the newer kind. */
const RUST_CRATE = /(?<=\w)\[[0-9a-f]{1,16}\](?=::)/gu;
/** From binutils; only from where the system keeps its programs: we may be root, and PATH somebody else's. */
const PROGRAM = "/usr/bin/c++filt";

/** How names are demangled. */
export interface DemangleOptions {
  /** Milliseconds after which names stay as they are (default 10,000). */
  readonly timeoutMs?: number;
  /** Program to run (default `/usr/bin/c++filt`). */
  readonly program?: string;
}

/**
 * Gives C++ and Rust functions the names they have in their source; `symbol` keeps what stands in the file. All are asked
 * for at once, of c++filt(1): a process is started, so this is for when sampling is over.
 *
 * @returns as many frames in the same order; unchanged where c++filt is not installed, or does not answer
 */
export async function demangleFrames(
  frames: readonly Frame[],
  options: DemangleOptions = {},
): Promise<readonly Frame[]> {
  const mangled = frames.filter(({ kind, name }) => kind === "user" && MANGLED.test(name));
  const names = [...new Set(mangled.map(({ name }) => name))];
  if (names.length === 0) return frames;
  const answer = await filter(names.join("\n"), options);
  const lines = answer?.split("\n") ?? [];
  if (lines.length < names.length) return frames;
  const plain = new Map(names.map((name, i) => [name, sourceName(name, lines[i] ?? "")]));
  return frames.map((frame) => {
    const name = frame.kind === "user" ? plain.get(frame.name) : undefined;
    return name === undefined || name === frame.name
      ? frame
      : { ...frame, name, symbol: frame.name };
  });
}

function sourceName(symbol: string, plain: string): string {
  const short = symbol.startsWith("_R")
    ? plain.replaceAll(RUST_CRATE, "")
    : plain.replace(RUST_HASH, "");
  return short || symbol;
}

function filter(text: string, options: DemangleOptions): Promise<string | undefined> {
  const { program = PROGRAM, timeoutMs = 10_000 } = options;
  return new Promise((resolve) => {
    const child = spawn(program, [], {
      stdio: ["pipe", "pipe", "ignore"],
      timeout: timeoutMs,
      killSignal: "SIGKILL",
      env: {},
    });
    let answer = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (answer += chunk));
    child.on("error", () => resolve(undefined));
    child.on("close", (code) => resolve(code === 0 ? answer : undefined));
    // It may be gone before it has read everything.
    child.stdin.on("error", () => {});
    child.stdin.end(`${text}\n`);
  });
}
