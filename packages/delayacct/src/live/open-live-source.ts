import type { DelaysSource } from "../watcher/task-delays.ts";
import { openTaskstats } from "../taskstats/client.ts";
import { type LiveSource, ProcSource, TaskstatsSource } from "./live-look.ts";

/** A source that works here. */
export interface OpenedSource {
  readonly live: LiveSource;
  /** Why it is not the better one, and what would help. */
  readonly why: readonly string[];
}

/** @throws TaskstatsUnavailableError with source `"taskstats"` */
export async function openLiveSource(source: "auto" | DelaysSource): Promise<OpenedSource> {
  if (source === "proc") return { live: new ProcSource(), why: [] };
  try {
    const client = await openTaskstats();
    try {
      // Anybody may open it; only an answer shows the right to ask.
      await client.queryGroup(process.pid);
    } catch (error) {
      client.close();
      throw error;
    }
    return { live: new TaskstatsSource(client), why: [] };
  } catch (error) {
    if (source === "taskstats" || !(error instanceof Error)) throw error;
    return { live: new ProcSource(), why: [error.message] };
  }
}
