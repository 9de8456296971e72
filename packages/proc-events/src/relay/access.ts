import { readFileSync } from "node:fs";
import type { Peer } from "./peer.ts";
import { RelayError } from "./relay-error.ts";

/** Largest user or group id: the one above it means none. */
const MAX_ID = 4_294_967_294;

/** Peers that a relay serves, besides what its socket's mode says; absent lists let everybody in. */
export interface AllowedPeers {
  readonly uids?: readonly number[];
  readonly gids?: readonly number[];
}

/** @throws RelayError `EACCES` for a peer that is in no list */
export function checkPeer(peer: Peer, { uids, gids }: AllowedPeers): void {
  if (uids === undefined && gids === undefined) return;
  if (uids?.includes(peer.uid)) return;
  if (gids?.some((gid) => gid === peer.gid || peer.groups.includes(gid))) return;
  throw new RelayError(
    "EACCES",
    `this relay does not serve user ${peer.uid}; it was started with a list of whom it serves`,
  );
}

/** @throws RangeError that names the option and the value */
export function checkIds(name: string, ids: readonly number[] | undefined): void {
  for (const id of ids ?? []) {
    if (Number.isSafeInteger(id) && id >= 0 && id <= MAX_ID) continue;
    throw new RangeError(`${name} must be ids from 0 to ${MAX_ID}, got ${String(id)}`);
  }
}

/**
 * The id of a group, by its name or its id.
 *
 * @param file where groups are listed
 * @throws RangeError when there is no such group
 */
export function groupId(group: string | number, file: string = "/etc/group"): number {
  if (typeof group === "number" || /^\d+$/u.test(group)) {
    checkIds("group", [Number(group)]);
    return Number(group);
  }
  for (const line of readFileSync(file, "utf8").split("\n")) {
    const [name, , id] = line.split(":");
    if (name === group && id !== undefined && /^\d+$/u.test(id)) return Number(id);
  }
  throw new RangeError(
    `group ${JSON.stringify(group)} is not in ${file}; name one that is, or its number`,
  );
}
