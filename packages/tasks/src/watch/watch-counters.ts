import type { ConnectorCounters } from "../connector/connector.ts";
import type { SourceCounters } from "../source/event-source.ts";
import type { MissedFacts } from "../table/exec-facts.ts";
import type { StoppedCounters } from "../stopped/stopped-execs.ts";
import type { ExecCounters } from "../table/exec-counts.ts";
import type { TableCounters } from "../table/raiser.ts";

/** Counters of a watch; every loss and miss among them. */
export interface WatchCounters {
  /** Notifications raised. */
  readonly raised: Readonly<TableCounters>;
  /** Execs that were raised, but for those taken back, and where their arguments came from. */
  readonly execs: ExecCounters;
  /** Execs that were stopped before they were made; absent when none was. */
  readonly stopped?: StoppedCounters;
  /** Of the connector; absent when it is not what drives the watch. */
  readonly connector?: ConnectorCounters;
  /** Of another source in the connector's place, with whatever that one counts. */
  readonly source?: { readonly name: string; readonly counters: SourceCounters };
  /** Facts that could not be read at exec, by name and reason. */
  readonly missedFacts: MissedFacts;
  /** Notifications never raised because watchers had fallen too far behind. */
  readonly backlogDropped: number;
  /** Tasks whose watchers were still at work when the watch was closed and its grace had ended. */
  readonly abandoned: number;
  /** Comparisons with /proc that could not be made, for want of a descriptor say. */
  readonly comparisonsFailed: number;
}
