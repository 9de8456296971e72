/** Type information that makes no sense, or lacks what was asked for. */
export class BtfError extends Error {
  override readonly name = "BtfError";
}
