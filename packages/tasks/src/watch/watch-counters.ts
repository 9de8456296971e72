import type { ConnectorCounters } from "../connector/connector.ts";
import type { MissedFacts } from "../table/exec-facts.ts";
import type { TableCounters } from "../table/task-table.ts";

/** Counters of a watch; every loss and miss among them. */
export interface WatchCounters {
  /** Notifications raised. */
  readonly raised: Readonly<TableCounters>;
  /** Of the connector; absent with the pidfd source. */
  readonly connector?: ConnectorCounters;
  /** Facts that could not be read at exec, by name and reason. */
  readonly missedFacts: MissedFacts;
  /** Notifications never raised because watchers had fallen too far behind. */
  readonly backlogDropped: number;
  /** Tasks whose watchers were still at work when the watch was closed and its grace had ended. */
  readonly abandoned: number;
  /** Comparisons with /proc that could not be made, for want of a descriptor say. */
  readonly comparisonsFailed: number;
}
