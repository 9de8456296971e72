// include/uapi/linux/audit.h: commands
/** Asks for the status. */
export const AUDIT_GET = 1000;
/** Sets parts of the status, or the daemon. */
export const AUDIT_SET = 1001;
export const AUDIT_ADD_RULE = 1011;
export const AUDIT_DEL_RULE = 1012;
export const AUDIT_LIST_RULES = 1013;
export const AUDIT_GET_FEATURE = 1019;
/** Says to a daemon that another wants its place; whether it can be delivered tells the kernel that the daemon lives. */
export const AUDIT_REPLACE = 1329;

// include/uapi/linux/audit.h: what AUDIT_SET is to change, the mask of struct audit_status
export const AUDIT_STATUS_ENABLED = 0x01;
export const AUDIT_STATUS_FAILURE = 0x02;
export const AUDIT_STATUS_PID = 0x04;
export const AUDIT_STATUS_RATE_LIMIT = 0x08;
export const AUDIT_STATUS_BACKLOG_LIMIT = 0x10;
export const AUDIT_STATUS_BACKLOG_WAIT_TIME = 0x20;
/** Alone: sets the count to 0 and returns what it was. */
export const AUDIT_STATUS_LOST = 0x40;
/** Alone: sets the sum to 0 and returns what it was. */
export const AUDIT_STATUS_BACKLOG_WAIT_TIME_ACTUAL = 0x80;

// include/uapi/linux/audit.h: the feature bitmap of the status
/** Rules can compare the session id (since Linux 4.10). */
export const AUDIT_FEATURE_BITMAP_SESSIONID_FILTER = 0x10;

// include/uapi/linux/audit.h: multicast groups
/** Every record, for whoever has CAP_AUDIT_READ (since Linux 3.16). */
export const AUDIT_NLGRP_READLOG = 1;
