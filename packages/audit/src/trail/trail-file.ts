import { constants } from "node:fs";
import { type FileHandle, open, rename } from "node:fs/promises";

/** Not through a link, and not waiting for a reader where somebody put a pipe. Windows has neither. */
const FLAGS =
  constants.O_WRONLY |
  constants.O_APPEND |
  constants.O_CREAT |
  (constants.O_NOFOLLOW ?? 0) |
  (constants.O_NONBLOCK ?? 0);

/** The owner alone reads what others typed. */
const MODE = 0o600;

/** A file that is only ever added to. */
export interface TrailFile {
  readonly handle: FileHandle;
  readonly size: number;
  /** It ends in the middle of a line, as after a crash. */
  readonly isTorn: boolean;
}

/**
 * Opens a log to add to it, made with mode 0600 where there is none.
 *
 * @throws Error of the system call; `ELOOP` when the path is a symbolic link
 * @throws Error when it is no regular file, or belongs to another user
 */
export async function openTrailFile(path: string): Promise<TrailFile> {
  const handle = await open(path, FLAGS, MODE);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new Error(`${path} is no regular file; name a file of its own`);
    const uid = process.geteuid?.();
    if (uid !== undefined && stats.uid !== uid) {
      throw new Error(
        `${path} belongs to user ${stats.uid}, not to ${uid}; name a file of its own`,
      );
    }
    return { handle, size: stats.size, isTorn: stats.size > 0 && (await isTorn(path, stats.size)) };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function isTorn(path: string, size: number): Promise<boolean> {
  const handle = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
    return buffer[0] !== 0x0a;
  } finally {
    await handle.close();
  }
}

/** `audit.log.1` becomes `audit.log.2`, and so on; `audit.log` becomes `audit.log.1`. The oldest goes. */
export async function rotateTrailFiles(path: string, keep: number): Promise<void> {
  for (let number = keep - 1; number >= 1; number--) {
    await renameIfThere(`${path}.${number}`, `${path}.${number + 1}`);
  }
  await renameIfThere(path, `${path}.1`);
}

async function renameIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
}
