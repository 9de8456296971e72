import { packageVersion } from "../version.ts";
import { type HostFacts, hostFacts } from "./host.ts";
import { namespaceNotes } from "./namespaces.ts";
import { type Probe, type ProbeResult, runProbe } from "./probe.ts";
import { judge, type ProbeRole, type WatcherCheck, type WatcherState } from "./watchers.ts";

/** A probe's result with what it means for the watcher it stands under. */
export interface WatcherProbe extends ProbeResult {
  readonly role: ProbeRole;
}

/** What was found about one watcher. */
export interface WatcherFinding {
  readonly name: string;
  readonly state: WatcherState;
  /** The state in words. */
  readonly says: string;
  readonly probes: readonly WatcherProbe[];
}

/** All that was found: the document that `--json` prints. Fields may be added; the schema's number grows when one changes. */
export interface Findings {
  readonly type: "doctor";
  readonly schema: 1;
  /** Of task-watchers. */
  readonly version: string;
  readonly host: HostFacts;
  /** What the namespaces and the container mean, a sentence each. */
  readonly notes: readonly string[];
  readonly watchers: readonly WatcherFinding[];
}

/** Asks the kernel, one probe after the other, each probe once. Nothing is left behind. */
export async function examine(watchers: readonly WatcherCheck[]): Promise<Findings> {
  const host = hostFacts();
  const known = new Map<Probe, ProbeResult>();
  const found: WatcherFinding[] = [];
  for (const { name, probes, says } of watchers) {
    const results: WatcherProbe[] = [];
    for (const [role, probe] of probes) {
      const result = known.get(probe) ?? (await runProbe(probe, host));
      known.set(probe, result);
      results.push({ role, ...result });
    }
    const state = judge(results);
    found.push({ name, state, says: says[state], probes: results });
  }
  const notes = namespaceNotes(host.namespaces);
  if (host.container !== null) notes.unshift(`this looks like a container: ${host.container}`);
  if (host.hidepid !== null) notes.push(`/proc is mounted with ${host.hidepid}`);
  return { type: "doctor", schema: 1, version: packageVersion(), host, notes, watchers: found };
}
