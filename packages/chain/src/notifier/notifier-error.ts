/** Why a chain or the registry refused; the kernel's names. */
export type NotifierErrorCode =
  /** It is there already: the same block, or a name that must be unique. */
  | "EEXIST"
  /** It is not there. */
  | "ENOENT"
  /** Somebody else holds it: a unique priority, the one driver, the one watch. */
  | "EBUSY"
  /** Blocks that re-register themselves kept one call from ending. */
  | "ELOOP";

/** A refusal by a chain or by the registry. */
export class NotifierError extends Error {
  override readonly name = "NotifierError";
  /** Branch on this, not on the message nor on the class: another copy of the package has its own. */
  readonly code: NotifierErrorCode;

  constructor(code: NotifierErrorCode, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}
