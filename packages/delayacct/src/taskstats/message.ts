import { decodeGeneric } from "@task-watchers/netlink";
import { decodeAttributes } from "@task-watchers/netlink/attribute";
import {
  TASKSTATS_CMD_NEW,
  TASKSTATS_TYPE_AGGR_PID,
  TASKSTATS_TYPE_AGGR_TGID,
  TASKSTATS_TYPE_STATS,
} from "./constants.ts";
import { decodeTaskStats } from "./decode-stats.ts";
import type { TaskStats } from "./task-stats.ts";

/** The figures in one message. */
export interface StatsMessage {
  /** Of one task; absent in answers about a group. */
  readonly task?: TaskStats;
  /** Of its group; in answers about a group, and in the record of a group's last thread. */
  readonly group?: TaskStats;
}

/**
 * Decodes the payload of a message of the family. The nests come without NLA_F_NESTED, and with TASKSTATS_TYPE_NULL for
 * padding on some machines.
 *
 * @throws RangeError when it is cut off or no TASKSTATS_CMD_NEW
 */
export function decodeStatsMessage(payload: Uint8Array): StatsMessage {
  const { command, payload: attributes } = decodeGeneric(payload);
  if (command !== TASKSTATS_CMD_NEW) {
    throw new RangeError(
      `Cannot decode taskstats message: command ${command}, need ${TASKSTATS_CMD_NEW}`,
    );
  }
  let task: TaskStats | undefined;
  let group: TaskStats | undefined;
  for (const { type, value } of decodeAttributes(attributes)) {
    if (type === TASKSTATS_TYPE_AGGR_PID) task = decodeNest(value);
    if (type === TASKSTATS_TYPE_AGGR_TGID) group = decodeNest(value, task?.version);
  }
  return { ...(task === undefined ? {} : { task }), ...(group === undefined ? {} : { group }) };
}

/** @param version to go by where the struct has none: the kernel puts it first for tasks, and once did so for them alone */
function decodeNest(nest: Uint8Array, version?: number): TaskStats {
  for (const attribute of decodeAttributes(nest)) {
    if (attribute.type === TASKSTATS_TYPE_STATS) {
      return decodeTaskStats(attribute.value, version === undefined ? {} : { version });
    }
  }
  throw new RangeError("Cannot decode taskstats message: no struct taskstats in it");
}
