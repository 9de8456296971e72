// include/linux/notifier.h

/** The callback does not care about this event. Also what a chain without blocks returns. */
export const NOTIFY_DONE = 0x0000;
/** The callback cares, and all is well. */
export const NOTIFY_OK = 0x0001;
/** Bit that ends the walk: no later callback is called. */
export const NOTIFY_STOP_MASK = 0x8000;
/** Veto: the event must not happen. Ends the walk; as an error number it is −1, EPERM. */
export const NOTIFY_BAD = 0x8002;
/** The event is dealt with, nobody else needs to hear of it. Ends the walk; not an error. */
export const NOTIFY_STOP = 0x8001;

// include/linux/err.h
/** The largest error number the kernel returns. */
const MAX_ERRNO = 4095;

/**
 * Packs an error number into a callback's answer: 0 becomes {@link NOTIFY_OK}, anything else ends
 * the walk. The kernel's `notifier_from_errno()`.
 *
 * @param errno 0, or an error number with the kernel's sign: −12 for ENOMEM
 * @throws `TypeError` when it is not a number, `RangeError` when it is not an integer from −4095 to 0
 */
export function notifierFromErrno(errno: number): number {
  if (typeof errno !== "number") {
    throw new TypeError(`errno must be a number, got ${typeof errno} ${String(errno)}`);
  }
  if (Number.isInteger(errno) && errno > 0 && errno <= MAX_ERRNO) {
    throw new RangeError(`errno must be 0 or negative, got ${errno}: pass ${-errno}`);
  }
  if (!Number.isInteger(errno) || errno > 0 || errno < -MAX_ERRNO) {
    throw new RangeError(`errno must be an integer from -4095 to 0, got ${errno}`);
  }
  return errno === 0 ? NOTIFY_OK : NOTIFY_STOP_MASK | (NOTIFY_OK - errno);
}

/**
 * Unpacks the error number of an answer or of a whole call: 0 for DONE, OK and STOP, −1 for BAD,
 * else what {@link notifierFromErrno} packed. The kernel's `notifier_to_errno()`.
 *
 * @throws `TypeError` when it is not a number, `RangeError` when it is not a 32-bit integer
 */
export function notifierToErrno(answer: number): number {
  if (typeof answer !== "number") {
    throw new TypeError(
      `a notifier's answer must be a number, got ${typeof answer} ${String(answer)}`,
    );
  }
  if ((answer | 0) !== answer) {
    throw new RangeError(`a notifier's answer must be a 32-bit integer, got ${answer}`);
  }
  const code = answer & ~NOTIFY_STOP_MASK;
  return code > NOTIFY_OK ? NOTIFY_OK - code : 0;
}
