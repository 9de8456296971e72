import type { Socket } from "node:net";
import { getSocketOption } from "@task-watchers/linux";
import { codeOf } from "./relay-error.ts";

// include/asm-generic/socket.h; unix(7)
const SOL_SOCKET = 1;
/** Process, user and group of who connected, at that time: struct ucred. */
const SO_PEERCRED = 17;
/** Its supplementary groups. */
const SO_PEERGROUPS = 59;
/** Room for groups that is enough for nearly everybody, and then NGROUPS_MAX of include/uapi/linux/limits.h. */
const GROUPS_ROOM = [64, 65_536];

/** Who is at the other end of a Unix socket, as the kernel says; ids as this process's namespaces have them. */
export interface Peer {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

/**
 * Who connected a Unix socket.
 *
 * @throws Error when the socket is closed already; SyscallError from getsockopt(2)
 */
export function peerOf(socket: Socket): Peer {
  const fd = { number: descriptorOf(socket) };
  const [pid, uid, gid] = getSocketOption(fd, SOL_SOCKET, SO_PEERCRED, 3);
  if (pid === undefined || uid === undefined || gid === undefined) {
    throw new Error("the kernel does not say who is at the other end of the socket");
  }
  return { pid, uid, gid, groups: groupsOf(fd) };
}

function groupsOf(fd: { readonly number: number }): number[] {
  const [few = 0, all = 0] = GROUPS_ROOM;
  try {
    return [...getSocketOption(fd, SOL_SOCKET, SO_PEERGROUPS, few)];
  } catch (error) {
    if (codeOf(error) !== "ERANGE") throw error;
    return [...getSocketOption(fd, SOL_SOCKET, SO_PEERGROUPS, all)];
  }
}

/** Node.js has no public way to a socket's descriptor. */
function descriptorOf(socket: Socket): number {
  const handle: unknown = Reflect.get(socket, "_handle");
  const fd: unknown =
    typeof handle === "object" && handle !== null ? Reflect.get(handle, "fd") : -1;
  if (typeof fd === "number" && fd >= 0) return fd;
  throw new Error("the socket has no descriptor: it is closed");
}
