/** What a raw log did, and every loss. Counts only rise. */
export interface TrailCounters {
  eventsWritten: number;
  recordsWritten: number;
  bytesWritten: number;
  /** Events, and their records, that were not written: too many were waiting, or writing failed. */
  eventsDropped: number;
  recordsDropped: number;
  /** Times that the file could not be opened, written or renamed. */
  writeErrors: number;
  /** Bytes of what a terminal would act upon that stand as `?` in the log. */
  maskedBytes: number;
  rotations: number;
}

export function newTrailCounters(): TrailCounters {
  return {
    eventsWritten: 0,
    recordsWritten: 0,
    bytesWritten: 0,
    eventsDropped: 0,
    recordsDropped: 0,
    writeErrors: 0,
    maskedBytes: 0,
    rotations: 0,
  };
}
