import { watcherNames, wholeNumber } from "../arguments.ts";
import { UsageError } from "../usage-error.ts";

/** Watchers that were asked for, and what of them. */
export interface RequestedWatchers {
  /** To load, by short name, package name or path. */
  readonly names: readonly string[];
  /** Have the kernel keep waits meanwhile. */
  readonly enableDelayacct: boolean;
  /** Absent unless the audit watcher was asked for by one of its own options. */
  readonly audit?: RequestedAudit;
  /** Absent unless the profile watcher was asked for by one of its own options. */
  readonly profile?: RequestedProfile;
}

export interface RequestedAudit {
  /** Have the kernel audit meanwhile. */
  readonly enable: boolean;
  /** File for the records as they are. */
  readonly log?: string;
  /** Bytes at which it is rotated. */
  readonly logBytes?: number;
}

/** Formats of a profile, by the option that asks for them. */
export const PROFILE_FORMATS = [
  "pprof",
  "speedscope",
  "folded",
  "trace-event",
  "flamegraph",
] as const;
export type ProfileFormat = (typeof PROFILE_FORMATS)[number];

const SPLITS = ["merged", "command", "task"] as const;

export interface RequestedProfile {
  readonly frequencyHz?: number;
  readonly split: (typeof SPLITS)[number];
  readonly files: ReadonlyMap<ProfileFormat, string>;
}

export const WATCHER_OPTIONS = {
  with: { type: "string", multiple: true },
  "enable-delayacct": { type: "boolean" },
  "enable-audit": { type: "boolean" },
  "audit-log": { type: "string" },
  "audit-log-bytes": { type: "string" },
  frequency: { type: "string" },
  split: { type: "string" },
  pprof: { type: "string" },
  speedscope: { type: "string" },
  folded: { type: "string" },
  "trace-event": { type: "string" },
  flamegraph: { type: "string" },
} as const;

export const WATCHER_HELP = `Watchers:
      --with A,B        load watchers: delayacct, audit, profile; others by package name or path
      --enable-delayacct
                        --with delayacct, and kernel.task_delayacct switched on meanwhile and put back afterwards
      --enable-audit    --with audit, and the kernel's auditing switched on meanwhile and put back afterwards
      --audit-log FILE  --with audit, and its records in a file that ausearch and aureport read
      --audit-log-bytes N
                        start a new file at this size, and keep four old ones (default 67108864)
      --frequency HZ    --with profile, at so many samples a second of CPU time (default 99)
      --pprof FILE, --speedscope FILE, --folded FILE, --trace-event FILE, --flamegraph FILE
                        --with profile, and its samples in a file: for pprof, for speedscope, as folded stacks, for
                        Perfetto or Chrome, as a page with a flame graph
      --split HOW       the files' samples divided: merged, by command (default), or by task
`;

/** The values of `WATCHER_OPTIONS` as given. */
interface Values {
  readonly with?: string[] | undefined;
  readonly "enable-delayacct"?: boolean | undefined;
  readonly "enable-audit"?: boolean | undefined;
  readonly "audit-log"?: string | undefined;
  readonly "audit-log-bytes"?: string | undefined;
  readonly frequency?: string | undefined;
  readonly split?: string | undefined;
  readonly pprof?: string | undefined;
  readonly speedscope?: string | undefined;
  readonly folded?: string | undefined;
  readonly "trace-event"?: string | undefined;
  readonly flamegraph?: string | undefined;
}

/** @throws UsageError that names the option and what would be right */
export function requestedWatchers(values: Values): RequestedWatchers {
  const audit = requestedAudit(values);
  const profile = requestedProfile(values);
  const enableDelayacct = values["enable-delayacct"] ?? false;
  const implied = [
    ...(enableDelayacct ? ["delayacct"] : []),
    ...(audit === undefined ? [] : ["audit"]),
    ...(profile === undefined ? [] : ["profile"]),
  ];
  return {
    names: watcherNames(values.with, implied),
    enableDelayacct,
    ...(audit && { audit }),
    ...(profile && { profile }),
  };
}

function requestedAudit(values: Values): RequestedAudit | undefined {
  const enable = values["enable-audit"] ?? false;
  const log = fileName("audit-log", values["audit-log"]);
  const logBytes = wholeNumber("--audit-log-bytes", values["audit-log-bytes"]);
  if (logBytes !== undefined && log === undefined) {
    throw new UsageError("--audit-log-bytes is the size of a log: it wants --audit-log FILE");
  }
  if (!enable && log === undefined) return undefined;
  return {
    enable,
    ...(log !== undefined && { log }),
    ...(logBytes !== undefined && { logBytes }),
  };
}

function requestedProfile(values: Values): RequestedProfile | undefined {
  const frequencyHz = wholeNumber("--frequency", values.frequency);
  if (frequencyHz === 0) throw new UsageError("--frequency must be at least 1, got 0");
  const files = new Map<ProfileFormat, string>();
  for (const format of PROFILE_FORMATS) {
    const file = fileName(format, values[format]);
    if (file !== undefined) files.set(format, file);
  }
  const split = SPLITS.find((name) => name === (values.split ?? "command"));
  if (split === undefined) {
    throw new UsageError(`--split must be ${SPLITS.join(", ")}, got "${values.split}"`);
  }
  if (values.split !== undefined && files.size === 0) {
    throw new UsageError("--split divides a file's samples: it wants --flamegraph FILE, say");
  }
  if (frequencyHz === undefined && files.size === 0) return undefined;
  return { ...(frequencyHz !== undefined && { frequencyHz }), split, files };
}

function fileName(option: string, value: string | undefined): string | undefined {
  if (value === "") throw new UsageError(`--${option} needs a file name`);
  return value;
}
