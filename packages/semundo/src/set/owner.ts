/** What of a set's owner and mode is to change; the rest stays. */
export interface OwnerChange {
  readonly uid?: number;
  readonly gid?: number;
  readonly mode?: number;
}

const MAX_ID = 0xffff_fffe;

/** @throws RangeError */
export function checkOwner({ uid, gid, mode }: OwnerChange): void {
  checkId("uid", uid);
  checkId("gid", gid);
  if (mode !== undefined) checkMode(mode);
}

/** @throws RangeError */
export function checkMode(mode: number): void {
  if (Number.isInteger(mode) && mode >= 0 && mode <= 0o777) return;
  throw new RangeError(`mode must be permission bits from 0 to 0o777, got ${String(mode)}`);
}

function checkId(name: string, id: number | undefined): void {
  if (id === undefined || (Number.isInteger(id) && id >= 0 && id <= MAX_ID)) return;
  throw new RangeError(`${name} must be a whole number from 0 to ${MAX_ID}, got ${String(id)}`);
}
