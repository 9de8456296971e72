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

/** Memory that it may take, KiB: a short symbol can stand for a name of gigabytes, which repeats its own parts. */
const MOST_KIB = "262144";
/** A second of CPU time is enough for 100,000 symbols of programs that exist. */
const LIMITED = 'ulimit -v "$1"; ulimit -t 1; exec "$0"';
/** Characters of an answer. */
const MOST_CHARACTERS = 16 << 20;
/** Symbols that it may fail of. */
const TRIES = 4;
/** Exit status of a shell that found no such program. */
const NOT_FOUND = 127;
/** Characters of one name. */
const LONGEST = 4096;

/** How names are demangled. */
export interface DemangleOptions {
  /** Milliseconds after which names that have not been told stay as they are (default 5,000). */
  readonly timeoutMs?: number;
  /** Program to run (default `/usr/bin/c++filt`). */
  readonly program?: string;
}

/**
 * Gives C++ and Rust functions the names they have in their source; `symbol` keeps what stands in the file. All are asked
 * for at once, of c++filt(1): a process is started, so this is for when sampling is over.
 *
 * @returns as many frames in the same order; unchanged where c++filt is not installed, or does not answer in time
 */
export async function demangleFrames(
  frames: readonly Frame[],
  options: DemangleOptions = {},
): Promise<readonly Frame[]> {
  const mangled = frames.filter(({ kind, name }) => kind === "user" && MANGLED.test(name));
  const names = [...new Set(mangled.map(({ name }) => name))];
  if (names.length === 0) return frames;
  const plain = await sourceNames(names, options);
  if (plain.size === 0) return frames;
  return frames.map((frame) => {
    const name = frame.kind === "user" ? plain.get(frame.name) : undefined;
    return name === undefined || name === frame.name
      ? frame
      : { ...frame, name, symbol: frame.name };
  });
}

/** Names by symbol. A symbol that c++filt fails of is left out, and the rest asked for again. */
async function sourceNames(
  symbols: readonly string[],
  options: DemangleOptions,
): Promise<ReadonlyMap<string, string>> {
  const plain = new Map<string, string>();
  const beganMs = performance.now();
  for (let [from, tries] = [0, 0]; from < symbols.length && tries < TRIES; tries++) {
    const rest = symbols.slice(from);
    const lines = await filter(rest.join("\n"), options, beganMs);
    if (lines === undefined) break;
    for (const [i, line] of lines.entries()) {
      const symbol = rest[i];
      if (symbol !== undefined) plain.set(symbol, sourceName(symbol, line));
    }
    from += lines.length + 1;
  }
  return plain;
}

function sourceName(symbol: string, plain: string): string {
  const short = symbol.startsWith("_R")
    ? plain.replaceAll(RUST_CRATE, "")
    : plain.replace(RUST_HASH, "");
  return short.length > LONGEST ? `${short.slice(0, LONGEST)}…` : short || symbol;
}

/**
 * Lines of the answer, as far as it goes.
 *
 * @returns undefined when there is no time left, or no such program
 */
function filter(
  text: string,
  options: DemangleOptions,
  beganMs: number,
): Promise<readonly string[] | undefined> {
  const { program = PROGRAM, timeoutMs = 5000 } = options;
  const leftMs = timeoutMs - (performance.now() - beganMs);
  if (leftMs < 1) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const child = spawn("/bin/sh", ["-c", LIMITED, program, MOST_KIB], {
      stdio: ["pipe", "pipe", "ignore"],
      timeout: Math.ceil(leftMs),
      killSignal: "SIGKILL",
      env: {},
    });
    let answer = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      answer += chunk;
      if (answer.length > MOST_CHARACTERS) child.kill("SIGKILL");
    });
    child.on("error", () => resolve(undefined));
    child.on("close", (code) => {
      // The last line is empty, or was not finished.
      resolve(code === NOT_FOUND ? undefined : answer.split("\n").slice(0, -1));
    });
    // It may be gone before it has read everything.
    child.stdin.on("error", () => {});
    child.stdin.end(`${text}\n`);
  });
}
