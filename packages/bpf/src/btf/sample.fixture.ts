/** Type information made by hand, for tests. */

/** A type: its name, kind, flag and the words after its info; `parts` is how many members and the like there are. */
export interface SampleType {
  readonly name?: string;
  readonly kind: number;
  readonly flag?: boolean;
  readonly parts?: number;
  /** Size or type. */
  readonly value?: number;
  /** Words that follow; a string stands for its offset among the strings. */
  readonly tail?: readonly (number | string)[];
}

/** The bytes of such types; the first has id 1. */
export function sampleBtf(types: readonly SampleType[]): Uint8Array {
  const names = new Map<string, number>([["", 0]]);
  let strings = "\0";
  const offsetOf = (name: string): number => {
    const known = names.get(name);
    if (known !== undefined) return known;
    names.set(name, strings.length);
    strings += `${name}\0`;
    return strings.length - name.length - 1;
  };
  const words = types.flatMap(({ name = "", kind, flag, parts = 0, value = 0, tail = [] }) => [
    offsetOf(name),
    ((kind << 24) | parts | (flag === true ? 0x8000_0000 : 0)) >>> 0,
    value,
    ...tail.map((word) => (typeof word === "string" ? offsetOf(word) : word)),
  ]);
  const typeBytes = words.length * 4;
  const header = [
    0x0001_eb9f, // magic, version 1, no flags
    24, // bytes of the header
    0, // types begin behind it
    typeBytes,
    typeBytes, // strings behind those
    strings.length,
  ];
  const bytes = new Uint8Array(24 + typeBytes + strings.length);
  bytes.set(new Uint8Array(Uint32Array.from([...header, ...words]).buffer));
  bytes.set(Buffer.from(strings, "latin1"), 24 + typeBytes);
  return bytes;
}

/** struct point { int x; union { int y; struct { int lo:4, hi:4; }; }; const long_t pair[2]; struct point *next; } */
export const POINT: readonly SampleType[] = [
  { name: "int", kind: 1, value: 4, tail: [0x20] }, // 1
  {
    name: "point", // 2
    kind: 4,
    parts: 4,
    value: 32,
    tail: [...["x", 1, 0], ...["", 3, 32], ...["pair", 7, 64], ...["next", 8, 192]],
  },
  { kind: 5, parts: 2, value: 4, tail: [...["y", 1, 0], ...["", 4, 0]] }, // 3
  {
    kind: 4, // 4, with widths of bitfields in the upper 8 bits
    flag: true,
    parts: 2,
    value: 4,
    tail: [...["lo", 1, 0x0400_0000], ...["hi", 1, 0x0400_0004]],
  },
  { name: "long", kind: 1, value: 8, tail: [0x40] }, // 5
  { name: "long_t", kind: 8, value: 9 }, // 6: typedef of const long
  { kind: 3, tail: [6, 1, 2] }, // 7: array of 2
  { kind: 2, value: 2 }, // 8: pointer
  { kind: 10, value: 5 }, // 9: const
];
