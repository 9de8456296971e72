// include/uapi/linux/taskstats.h
/** Name of the generic netlink family. */
export const TASKSTATS_GENL_NAME = "TASKSTATS";
/** Version of the family's protocol. */
export const TASKSTATS_GENL_VERSION = 1;
/** Every request: a query, or to be told of exits, by its attribute. */
export const TASKSTATS_CMD_GET = 1;
/** Every answer, and every record of an exit. */
export const TASKSTATS_CMD_NEW = 2;
/** In requests: of one task. */
export const TASKSTATS_CMD_ATTR_PID = 1;
/** In requests: of a thread group. */
export const TASKSTATS_CMD_ATTR_TGID = 2;
/** In requests: a list of CPUs, whose exits this port is to be told of. */
export const TASKSTATS_CMD_ATTR_REGISTER_CPUMASK = 3;
/** In requests: no longer. */
export const TASKSTATS_CMD_ATTR_DEREGISTER_CPUMASK = 4;
/** In answers: struct taskstats. */
export const TASKSTATS_TYPE_STATS = 3;
/** In answers: holds the figures of one task. */
export const TASKSTATS_TYPE_AGGR_PID = 4;
/** In answers: holds the figures of a thread group. */
export const TASKSTATS_TYPE_AGGR_TGID = 5;

// include/uapi/linux/acct.h
/** In `flags`: the last task of its group. */
export const AGROUP = 0x20;
