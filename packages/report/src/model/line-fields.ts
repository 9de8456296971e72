/** Fields of a line as what they should be; undefined when they are not: whoever wrote the line is not trusted. */

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) ? value : undefined;
}

export function textsOf(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.every((word) => typeof word === "string") ? value : undefined;
}

export function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return value as Readonly<Record<string, unknown>>;
}

/** Reasons by name. */
export function reasonsOf(value: unknown): Readonly<Record<string, string>> | undefined {
  const reasons = objectOf(value);
  if (reasons === undefined) return undefined;
  return Object.values(reasons).every((reason) => typeof reason === "string")
    ? (reasons as Readonly<Record<string, string>>)
    : undefined;
}

const DECIMAL = /^-?\d{1,20}$/u;
/** A decimal of so many characters is a safe integer. */
const SAFE_CHARACTERS = 15;

/** A count of nanoseconds or the like, which the trace has as a decimal string. */
export function decimalOf(value: unknown): number | undefined {
  return typeof value === "string" && DECIMAL.test(value) ? Number(value) : undefined;
}

/** The same, exact. */
export function bigDecimalOf(value: unknown): bigint | undefined {
  return typeof value === "string" && DECIMAL.test(value) ? BigInt(value) : undefined;
}

/** A time, in nanoseconds since an origin. */
export function timeSince(originNs: bigint, value: unknown): number | undefined {
  if (typeof value !== "string" || !DECIMAL.test(value)) return undefined;
  if (value.length <= SAFE_CHARACTERS && originNs < BigInt(Number.MAX_SAFE_INTEGER)) {
    return Number(value) - Number(originNs);
  }
  return Number(BigInt(value) - originNs);
}
