import { decodeText } from "@task-watchers/linux";
import { PATH } from "./record-layout.ts";

/** Paths remembered; hosts run the same programs in the same directories again and again. */
const REMEMBERED = 4096;

/** Why a path is not told: `long`, more than 32 names and mounts or 2 KiB; `EFAULT`, the kernel's memory could not be read. */
export type PathMissing = "long" | "EFAULT";

/** A path, or why there is none. */
export type RecordPath = string | { readonly missing: PathMissing };

let seen = new Map<string, string>();

/**
 * The path whose names, the last one first, a record has.
 *
 * @param end see PATH
 */
export function decodePath(names: Uint8Array, end: number): RecordPath {
  const state = end & ~PATH.unlinked;
  if (state === PATH.long) return { missing: "long" };
  if (state === PATH.fault) return { missing: "EFAULT" };
  const { buffer, byteOffset, byteLength } = names;
  const key = end + Buffer.from(buffer, byteOffset, byteLength).toString("latin1");
  const known = seen.get(key);
  if (known !== undefined) return known;
  const path = join(names) + (end === PATH.whole ? "" : " (deleted)");
  if (seen.size >= REMEMBERED) seen = new Map();
  seen.set(key, path);
  return path;
}

function join(names: Uint8Array): string {
  const parts: string[] = [];
  for (let from = 0; from < names.byteLength;) {
    const nul = names.indexOf(0, from);
    const to = nul < 0 ? names.byteLength : nul;
    parts.push(decodeText(names.subarray(from, to)));
    from = to + 1;
  }
  return `/${parts.toReversed().join("/")}`;
}
