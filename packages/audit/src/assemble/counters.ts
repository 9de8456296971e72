/** What an assembler did, and every loss it knows of. Counts only rise. */
export interface AssemblyCounters {
  /** Records that were given to it and could be read. */
  records: number;
  /** Events told. */
  events: number;
  /** Texts that were no records. */
  malformed: number;
  /** Serials that no record had: events that were lost whole. Stays 0 where it was not asked for. */
  missingSerials: number;
  /** Times that serials began anew: another boot, or a jump by more than 2^24. */
  serialRestarts: number;
  /** Events whose first record did not come. */
  missingStart: number;
  /** Events whose end did not come. */
  missingEnd: number;
  /** Events told before their end, to stay within bounds. */
  evicted: number;
  /** Records that were too many, or too much, for their event, and were not kept. */
  cutRecords: number;
  /** Bytes of those. */
  cutBytes: number;
  /** Records that came after their event was told; they make an event of their own. */
  late: number;
  /** EOE records that came after their event was told, by its PROCTITLE or its age: nothing is lost with them. */
  lateEnds: number;
}

export function newAssemblyCounters(): AssemblyCounters {
  return {
    records: 0,
    events: 0,
    malformed: 0,
    missingSerials: 0,
    serialRestarts: 0,
    missingStart: 0,
    missingEnd: 0,
    evicted: 0,
    cutRecords: 0,
    cutBytes: 0,
    late: 0,
    lateEnds: 0,
  };
}
