import { closeSync, constants, fstatSync, openSync, readdirSync, readlinkSync } from "node:fs";
import { decodeText, encodeText } from "@task-watchers/linux";
import type { MappedFile } from "./frame.ts";

/** Open for its path alone, without opening the file itself: include/uapi/asm-generic/fcntl.h. */
const O_PATH = 0o10000000;

/** Mappings of a process that are looked at for one whose file has no name any more. */
const MAX_MAPPINGS = 4096;

/** Why there is no descriptor: no place had a file, or only another one than was mapped. */
export type NotOpened = "missing" | "replaced";

/**
 * Opens the file that was mapped, wherever it can still be had: by its path as the process sees it, by its path as we see
 * it, as the process's program, or (with CAP_SYS_ADMIN or CAP_CHECKPOINT_RESTORE) as one of its mappings.
 *
 * A file of another inode than was mapped is another file. Its device is not compared: overlayfs and btrfs tell
 * stat(2) another one than they tell the memory map.
 *
 * @returns a descriptor, which the caller closes
 */
export function openMappedFile(file: MappedFile): number | NotOpened {
  let failure: NotOpened = "missing";
  for (const place of places(file)) {
    const fd = openRegular(place);
    if (fd === undefined) continue;
    // Inode 0 says that the mapping did not tell.
    if (file.inode === 0n || fstatSync(fd, { bigint: true }).ino === file.inode) return fd;
    failure = "replaced";
    closeSync(fd);
  }
  return failure;
}

/**
 * Opens a regular file to read, or nothing: opening another user's pipe may block for ever, and opening a device may do
 * anything. So the path is opened first without touching what is there.
 *
 * @returns undefined when it is absent, not to be read by us, or no regular file
 */
export function openRegular(path: Uint8Array | string, flags = 0): number | undefined {
  let handle: number | undefined;
  try {
    const name = typeof path === "string" ? encodeText(path) : path;
    handle = openSync(Buffer.from(name), O_PATH | flags);
    if (!fstatSync(handle).isFile()) return undefined;
    return openSync(`/proc/self/fd/${handle}`, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return undefined;
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

function* places({ path, tgid, inode }: MappedFile): Generator<Uint8Array | string> {
  if (!path.startsWith("/")) return;
  yield `/proc/${tgid}/root${path}`;
  yield path;
  // What is left are ways to a file without a name: only its inode can say that it is the one.
  if (inode === 0n) return;
  yield `/proc/${tgid}/exe`;
  yield* mappings(tgid, path);
}

function* mappings(tgid: number, path: string): Generator<string> {
  const folder = `/proc/${tgid}/map_files`;
  const plain = path.replace(/ \(deleted\)$/u, "");
  let names: readonly string[] = [];
  try {
    names = readdirSync(folder).slice(0, MAX_MAPPINGS);
  } catch {
    return;
  }
  for (const name of names) {
    const link = linkOf(`${folder}/${name}`);
    if (link === plain || link === `${plain} (deleted)`) yield `${folder}/${name}`;
  }
}

function linkOf(path: string): string | undefined {
  try {
    return decodeText(readlinkSync(path, "buffer"));
  } catch {
    return undefined;
  }
}
