import type { HostFacts } from "./host.ts";
import { filtered, type Refusal } from "./refusal.ts";

/** A question to the kernel that is answered by trying. */
export interface Probe {
  /** For reports and documents: `taskstats-query`. */
  readonly name: string;
  /** What it is good for, in a few words. */
  readonly title: string;
  /**
   * Tries it, gives everything back and says what was found.
   *
   * @throws any error; a RefusedError brings its own reason
   */
  readonly attempt: (signal: AbortSignal, host: HostFacts) => string | Promise<string>;
  /** Reason and remedy by the error's code; undefined when nothing is known of it. */
  readonly explain?: (code: string, host: HostFacts) => Refusal | undefined;
}

/** What became of it. */
export interface ProbeResult {
  readonly name: string;
  readonly title: string;
  readonly ok: boolean;
  /** What was found; when refused, the error's own words. */
  readonly detail: string;
  /** Why not; absent when it works, or when nothing is known. */
  readonly reason?: string;
  /** What to do about it, a command where there is one; absent like `reason`. */
  readonly remedy?: string;
  /** Symbolic error: `EPERM`, say; absent when no system call failed. */
  readonly code?: string;
  /** Negative error number, with Node's sign; absent like `code`. */
  readonly errno?: number;
}

/** The kernel let us, and yet it does not work; or it is known beforehand that it would not. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
  readonly refusal: Refusal;
  /** As the kernel would have it. */
  declare readonly code?: string;

  constructor(detail: string, refusal: Refusal, code?: string) {
    super(detail);
    this.refusal = refusal;
    if (code !== undefined) this.code = code;
  }
}

/** How long one probe may take, milliseconds. */
export const DEADLINE_MS = 2000;

/**
 * Runs one probe. Whatever it does, there is a result: an error and a deadline that passes are results, too. A probe that
 * is given up on is told so by its signal, and what it still throws is dropped. The deadline is for waiting: a system call
 * that does not return cannot be left, so probes make none that wait.
 */
export async function runProbe(
  probe: Probe,
  host: HostFacts,
  deadlineMs: number = DEADLINE_MS,
): Promise<ProbeResult> {
  const { name, title } = probe;
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(noAnswer(deadlineMs)), deadlineMs);
  });
  try {
    const attempt = Promise.resolve().then(() => probe.attempt(controller.signal, host));
    return { name, title, ok: true, detail: await Promise.race([attempt, late]) };
  } catch (error) {
    return { name, title, ok: false, ...failure(error, probe, host) };
  } finally {
    clearTimeout(timer);
    controller.abort();
  }
}

function noAnswer(deadlineMs: number): RefusedError {
  return new RefusedError(`no answer in ${deadlineMs} ms`, {
    reason: "the kernel, or whatever stands between it and us, did not answer",
    remedy: "try again when the host is less busy",
  });
}

type Failure = Pick<ProbeResult, "detail" | "reason" | "remedy" | "code" | "errno">;

function failure(error: unknown, probe: Probe, host: HostFacts): Failure {
  if (!(error instanceof Error)) return { detail: String(error) };
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  const errno = "errno" in error && typeof error.errno === "number" ? error.errno : undefined;
  const refusal = error instanceof RefusedError ? error.refusal : explained(code, probe, host);
  return {
    detail: error.message,
    ...(refusal && { reason: refusal.reason, remedy: refusal.remedy }),
    ...(code !== undefined && { code }),
    ...(errno !== undefined && { errno }),
  };
}

function explained(code: string | undefined, probe: Probe, host: HostFacts): Refusal | undefined {
  if (code === undefined) return undefined;
  const known = probe.explain?.(code, host);
  return known ?? (code === "EPERM" ? filtered("although any user may do this") : undefined);
}
