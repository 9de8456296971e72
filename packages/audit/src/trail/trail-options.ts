/** Where a raw log goes, and how much of it is kept. */
export interface TrailOptions {
  /** File; made with mode 0600, added to where it is there. Never through a symbolic link. */
  readonly path: string;
  /** Size at which the file is set aside as `path.1`, bytes (default 64 MiB). An event is never in two files. */
  readonly maxBytes?: number;
  /** Files set aside that are kept, `path.1` being the youngest (default 4). */
  readonly keep?: number;
  /** Bytes that may wait to be written (default 8 MiB); beyond that events are dropped and counted. */
  readonly maxWaitingBytes?: number;
  /** Told of each failure to open, write or rename. It must not throw. */
  readonly onError?: (error: Error) => void;
}

const MIB = 1024 * 1024;

/** The options, with defaults. @throws TypeError or RangeError that names the option and what would be right */
export function checkTrailOptions(
  options: TrailOptions,
): Required<Omit<TrailOptions, "onError">> & Pick<TrailOptions, "onError"> {
  const { path, maxBytes = 64 * MIB, keep = 4, maxWaitingBytes = 8 * MIB, onError } = options;
  if (typeof path !== "string" || path === "" || path.includes("\0")) {
    throw new TypeError(`path must be the name of a file, got ${JSON.stringify(path)}`);
  }
  checkCount("maxBytes", maxBytes);
  checkCount("keep", keep);
  checkCount("maxWaitingBytes", maxWaitingBytes);
  return { path, maxBytes, keep, maxWaitingBytes, ...(onError !== undefined && { onError }) };
}

function checkCount(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw new RangeError(`${name} must be a whole number from 1 on, got ${String(value)}`);
}
