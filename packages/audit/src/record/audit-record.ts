/** When an event was made, and which it is: all records of one event share it. */
export interface AuditStamp {
  /** Wall clock (CLOCK_REALTIME, coarse), whole seconds since 1970. */
  readonly seconds: number;
  /** 0–999. */
  readonly milliseconds: number;
  /** From 1 at boot, 32 bits wide, one more for each event. */
  readonly serial: number;
}

/** One audit record as the kernel wrote it. */
export interface AuditRecord {
  /** Message type, such as 1300 (AUDIT_SYSCALL); include/uapi/linux/audit.h. */
  readonly type: number;
  readonly stamp: AuditStamp;
  /** What follows `audit(…): `, a character for each byte (latin1), so that every byte survives. */
  readonly body: string;
  /** The interpreted fields that auditd's enriched format adds after a 0x1d byte; absent on netlink. */
  readonly enriched?: string;
  /** `node=` of a log that was collected from several hosts, a character for each byte (latin1). */
  readonly node?: string;
}
