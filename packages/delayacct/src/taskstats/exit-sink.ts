import type { ExitLoss, ExitRecord } from "./exit-record.ts";

/** What came in, over all sockets of a listener. */
export interface ExitTally {
  records: number;
  lost: number;
  spoofed: number;
  unasked: number;
  malformed: number;
  overruns: number;
}

/** Where a socket puts what it reads; nothing may be thrown. */
export interface ExitSink {
  readonly record: (record: ExitRecord) => void;
  readonly lost: (loss: ExitLoss) => void;
}
