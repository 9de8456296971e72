import { chmodSync, chownSync, lstatSync, rmSync, type Stats } from "node:fs";
import { connect } from "node:net";
import { dirname } from "node:path";
import { bindSocket, type FileDescriptor, openSocket } from "@task-watchers/linux";
import { codeOf, RelayError } from "./relay-error.ts";

// include/linux/socket.h, include/linux/net.h
const AF_UNIX = 1;
const SOCK_STREAM = 1;
/** sizeof(sun_path) without its final zero, include/uapi/linux/un.h. */
const MAX_PATH_BYTES = 107;

/** Who may connect. */
export interface SocketAccess {
  /** Mode of the socket's file. */
  readonly mode: number;
  /** Group of the socket's file; absent: the process's own. */
  readonly gid?: number;
}

/** A bound socket, and how to tell its file from another of the same name. */
export interface BoundSocket {
  /** Not listening yet. */
  readonly fd: FileDescriptor;
  readonly path: string;
  readonly file: Stats;
}

/** @throws RelayError `ENAMETOOLONG`; TypeError when it is no path */
export function checkSocketPath(path: string): void {
  if (typeof path !== "string" || path === "" || path.includes("\0")) {
    throw new TypeError(`path of a relay must be a path, got ${JSON.stringify(path)}`);
  }
  const bytes = Buffer.byteLength(path);
  if (bytes <= MAX_PATH_BYTES) return;
  throw new RelayError(
    "ENAMETOOLONG",
    `the path of a socket may have ${MAX_PATH_BYTES} bytes, this one has ${bytes}: ${path}`,
  );
}

/**
 * Makes the socket's file. Nobody can connect before its owner and mode are what was asked for: it listens only after.
 * A file left by a relay that is no more is replaced.
 *
 * @throws RelayError `EADDRINUSE` when a relay serves there, `EEXIST` when something else is there, `ENOENT` without the
 *   directory
 */
export async function bindRelaySocket(path: string, access: SocketAccess): Promise<BoundSocket> {
  checkSocketPath(path);
  const stale = await checkSocketFree(path);
  if (stale && lookAt(path)?.ino === stale.ino) rmSync(path, { force: true });
  const fd = openSocket(AF_UNIX, SOCK_STREAM, 0);
  let bound = false;
  try {
    bindSocket(fd, addressOf(path));
    bound = true;
    if (access.gid !== undefined) chownSync(path, -1, access.gid);
    chmodSync(path, access.mode);
    return { fd, path, file: lstatSync(path) };
  } catch (error) {
    fd.close();
    if (bound) rmSync(path, { force: true });
    throw explained(path, error);
  }
}

/**
 * Removes the socket's file, unless it is another's by now. To be called while the socket is open: that keeps the number of
 * its file from being given to another.
 */
export function removeRelaySocket({ path, file }: BoundSocket): void {
  const now = lookAt(path);
  if (now?.ino === file.ino && now.dev === file.dev) rmSync(path, { force: true });
}

/**
 * Whether a relay can serve at a path, without changing anything.
 *
 * @returns the file that a relay left there; undefined when there is none
 * @throws RelayError `EADDRINUSE` when one serves there, `EEXIST` when something else is there
 */
export async function checkSocketFree(path: string): Promise<Stats | undefined> {
  const found = lookAt(path);
  if (found === undefined) return undefined;
  if (!found.isSocket()) {
    throw new RelayError("EEXIST", `${path} is there and is no socket; name another path`);
  }
  const code = await knock(path);
  if (code === undefined || code === "EAGAIN") {
    throw new RelayError("EADDRINUSE", `another relay is serving at ${path}`);
  }
  if (code === "ENOENT") return undefined;
  if (code !== "ECONNREFUSED") {
    throw new RelayError(
      code,
      `a socket is at ${path}, and whether somebody serves it cannot be told: ${code}`,
    );
  }
  return found;
}

function lookAt(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

/** Whether somebody answers; else the code of the error. */
function knock(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.once("connect", () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.once("error", (error) => resolve(codeOf(error) ?? "EIO"));
  });
}

/** struct sockaddr_un: the family, then the path. */
function addressOf(path: string): Uint8Array {
  const address = new Uint8Array(2 + MAX_PATH_BYTES + 1);
  new DataView(address.buffer).setUint16(0, AF_UNIX, LITTLE_ENDIAN);
  address.set(Buffer.from(path), 2);
  return address;
}

const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function explained(path: string, error: unknown): unknown {
  const options = { cause: error };
  switch (codeOf(error)) {
    case "ENOENT":
      return new RelayError(
        "ENOENT",
        `the directory ${dirname(path)} of the socket is not there`,
        options,
      );
    case "EACCES":
      return new RelayError("EACCES", `no right to make a socket in ${dirname(path)}`, options);
    case "EPERM":
      return new RelayError("EPERM", `no right to give ${path} to that group`, options);
    case "EADDRINUSE":
      return new RelayError("EADDRINUSE", `another relay began to serve at ${path}`, options);
    default:
      return error;
  }
}
