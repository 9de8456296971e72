/** S_IFMT and its values: include/uapi/linux/stat.h. */
const S_IFMT = 0o170000;
const KINDS: ReadonlyMap<number, string> = new Map([
  [0o140000, "socket"],
  [0o120000, "link"],
  [0o100000, "file"],
  [0o060000, "block"],
  [0o040000, "dir"],
  [0o020000, "character"],
  [0o010000, "fifo"],
]);

const BITS: readonly (readonly [number, string])[] = [
  [0o4000, "suid"],
  [0o2000, "sgid"],
  [0o1000, "sticky"],
];

/** A mode as ausearch writes it: `"file,suid,755"`. */
export function fileModeText(mode: number): string {
  const kind = mode & S_IFMT;
  const words = BITS.filter(([bit]) => (mode & bit) !== 0).map(([, word]) => word);
  const permissions = (mode & 0o777).toString(8).padStart(3, "0");
  const head = kind === 0 ? [] : [KINDS.get(kind) ?? `0${kind.toString(8)}`];
  return [...head, ...words, permissions].join(",");
}
