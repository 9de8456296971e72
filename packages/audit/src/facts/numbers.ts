/** An id that is not set, as the kernel prints it; -1 in records of user space. */
const UNSET: ReadonlySet<string> = new Set(["4294967295", "-1"]);

const DIGITS = /^-?\d{1,16}$/u;

/** A whole number within 2^53; undefined for anything else. */
export function wholeNumber(raw: string): number | undefined {
  if (!DIGITS.test(raw)) return undefined;
  // Minus zero is zero.
  const value = Number(raw) + 0;
  return Number.isSafeInteger(value) ? value : undefined;
}

/** An id; undefined when it is not set. */
export function id(raw: string): number | undefined {
  return UNSET.has(raw) ? undefined : wholeNumber(raw);
}
