import { randomBytes } from "node:crypto";
import { accessSync, closeSync, constants, openSync, rmSync, statSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { CpuProfile, Split } from "../profile/cpu-profile.ts";
import { toFlamegraphHtml } from "./flamegraph-html.ts";
import { toFolded } from "./folded.ts";
import { toPprof } from "./pprof.ts";
import { toSpeedscope } from "./speedscope.ts";
import { traceEventChunks } from "./trace-events.ts";

/** A format that a profile can be written in. */
export type ProfileFormat = "pprof" | "speedscope" | "folded" | "trace-events" | "flamegraph";

/** A file to write. */
export interface ProfileOutput {
  readonly format: ProfileFormat;
  readonly path: string;
  /** How it is divided, in speedscope and folded (default `merged`). The others hold every division. */
  readonly split?: Split;
}

/** Ends of names by which a format is known, longest first. */
const ENDS: readonly (readonly [end: string, format: ProfileFormat])[] = [
  [".speedscope.json", "speedscope"],
  [".perfetto.json", "trace-events"],
  [".trace.json", "trace-events"],
  [".collapsed", "folded"],
  [".folded", "folded"],
  [".pb.gz", "pprof"],
  [".pprof", "pprof"],
  [".html", "flamegraph"],
];

/** What is written: whole, or in pieces. */
type Content = string | Uint8Array | Iterable<string>;

const FORMATS: Readonly<Record<ProfileFormat, (profile: CpuProfile, split: Split) => Content>> = {
  pprof: toPprof,
  speedscope: (profile, split) => toSpeedscope(profile, { split }),
  folded: (profile, split) => toFolded(profile, { split }),
  "trace-events": (profile) => traceEventChunks(profile),
  flamegraph: (profile) => toFlamegraphHtml(profile),
};

/** The format that the end of a file's name stands for: `.html`, `.pb.gz`, `.speedscope.json`, `.folded`, `.trace.json`. */
export function formatOfPath(path: string): ProfileFormat | undefined {
  return ENDS.find(([end]) => path.endsWith(end))?.[1];
}

/**
 * Refuses what could not be written later, before a run starts. Nothing is left behind.
 *
 * @throws TypeError for an unknown format, and for two outputs to one file
 * @throws Error with a code (`ENOENT`, `EACCES`, `EISDIR`, `ENOTDIR`, `EROFS`) that names the file
 */
export function checkOutputs(outputs: readonly ProfileOutput[]): void {
  const paths = new Set<string>();
  for (const { format, path } of outputs) {
    if (!Object.hasOwn(FORMATS, format)) {
      throw new TypeError(
        `format is "${format}", must be one of ${Object.keys(FORMATS).join(", ")}`,
      );
    }
    if (paths.has(resolve(path)))
      throw new TypeError(`two outputs to one file, ${JSON.stringify(path)}`);
    paths.add(resolve(path));
    attempt(path, () => checkPath(path));
  }
}

/**
 * Writes a profile to each of the files. A file appears whole or not at all: it is written beside its place and then renamed,
 * except into what is no regular file, such as /dev/stdout.
 *
 * @throws AggregateError with an error for each file that could not be written, each naming it; the others are written
 */
export async function writeOutputs(
  profile: CpuProfile,
  outputs: readonly ProfileOutput[],
): Promise<void> {
  const errors: unknown[] = [];
  for (const { format, path, split = "merged" } of outputs) {
    try {
      await writeWhole(path, FORMATS[format](profile, split));
    } catch (error) {
      errors.push(named(path, error));
    }
  }
  if (errors.length > 0)
    throw new AggregateError(
      errors,
      errors.map((error) => (error instanceof Error ? error.message : String(error))).join("; "),
    );
}

function checkPath(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isDirectory()) throw Object.assign(new Error("is a directory"), { code: "EISDIR" });
  if (stats !== undefined && !stats.isFile()) {
    accessSync(path, constants.W_OK);
    return;
  }
  // Permissions do not tell of read-only and virtual file systems; a file that is made and taken away does.
  const trial = temporaryFor(path);
  closeSync(openSync(trial, "wx"));
  rmSync(trial);
}

function temporaryFor(path: string): string {
  return `${path}.${randomBytes(6).toString("hex")}.tmp`;
}

async function writeWhole(path: string, content: Content): Promise<void> {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats !== undefined && !stats.isFile()) {
    await writeFile(path, content);
    return;
  }
  const temporary = temporaryFor(path);
  try {
    await writeFile(temporary, content, { flag: "wx" });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

function attempt(path: string, check: () => void): void {
  try {
    check();
  } catch (error) {
    throw named(path, error);
  }
}

/** The error with the file's name in its message, and its code kept. */
function named(path: string, error: unknown): Error {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && "code" in error ? { code: error.code } : {};
  return Object.assign(
    new Error(`cannot write ${JSON.stringify(path)}: ${message}`, { cause: error }),
    code,
  );
}
