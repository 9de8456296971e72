import type { ModelLoss } from "../model/trace-model.ts";

/**
 * What a page carries: the trace, packed. Texts are places in `texts`, of which each is there once; times are nanoseconds
 * since the start of the trace.
 */
export interface PageData {
  readonly meta: PageMeta;
  readonly notes: readonly string[];
  readonly losses: readonly ModelLoss[];
  readonly tasks: readonly PackedTask[];
  /** After the tasks: they are written as they are packed. */
  readonly texts: readonly string[];
}

/** What the heading says. All of it may be hostile text. */
export interface PageMeta {
  readonly title: string;
  readonly host?: string;
  readonly kernel?: string;
  readonly arch?: string;
  readonly writer?: string;
  readonly scope?: string;
  readonly source?: string;
  /** Milliseconds since 1970 of time 0. */
  readonly startedMs?: number;
  readonly endNs: number;
  /** How the command ended, in words. */
  readonly outcome?: string;
  readonly hasDelays: boolean;
  readonly hasSamples: boolean;
  readonly hasAudit: boolean;
}

/** A task. What most have is in places, the rest by name. */
export type PackedTask = readonly [
  id: string,
  pid: number,
  tgid: number,
  ppid: number,
  parent: number,
  startNs: number,
  lengthNs: number,
  /** Exit code; -1 for a signal or an unknown end. */
  code: number,
  execs: readonly PackedExec[],
  /** In the order of DELAY_FIGURES; null where it is not known; 0 when there are none. */
  figures: readonly (number | null)[] | 0,
  more?: PackedRest,
];

export type PackedExec = readonly [
  timeNs: number,
  exe: number,
  argv: readonly number[] | 0,
  cwd: number,
  cgroup: number,
  more?: {
    readonly cut?: number;
    readonly source?: number;
    readonly isEarlier?: true;
    readonly isAudited?: true;
    readonly missing?: Readonly<Record<string, string>>;
  },
];

export interface PackedRest {
  readonly signal?: number;
  readonly core?: true;
  readonly synthetic?: string;
  /** No end is known. */
  readonly alive?: true;
  readonly existing?: true;
  readonly startUnknown?: true;
  readonly ids?: readonly (readonly (number | null)[])[];
  readonly marks?: readonly (readonly [timeNs: number, type: string, text: string])[];
  readonly failed?: readonly (readonly [
    timeNs: number,
    path: number,
    argv: readonly number[] | 0,
    code: number,
    refusedBy: number,
    isUncertain?: true,
  ])[];
  readonly delays?: {
    readonly source: string;
    readonly comm: number;
    readonly threads?: number;
    readonly many?: true;
    readonly missing?: Readonly<Record<string, string>>;
  };
  readonly samples?: readonly [
    command: number,
    samples: number,
    cpuNs: number,
    userNs: number,
    kernelNs: number,
    functions: readonly (readonly [
      name: number,
      module: number,
      samples: number,
      selfNs: number,
    ])[],
  ];
  readonly audit?: readonly Readonly<Record<string, unknown>>[];
  /** Audit lines that are not there for want of room. */
  readonly auditLeft?: number;
}
