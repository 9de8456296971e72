/**
 * Struct layouts as tables: one offset a field, widths by reader, bytes in and values out. Loads no library.
 *
 * A too-short *tail* is an older kernel: its fields are absent. Extra bytes are a newer kernel: they are left alone.
 * @module
 */

/** One field of a C struct. */
export interface Field<T> {
  /** Bytes from the start of the struct. */
  readonly offset: number;
  /** Bytes the field takes. */
  readonly size: number;
  readonly read: (view: DataView, offset: number) => T;
}

/** A C struct as the table of its fields. */
export type Layout<T> = { readonly [K in keyof T]-?: Field<NonNullable<T[K]>> };

const LITTLE_ENDIAN: boolean = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** An unsigned 8-bit field. */
export function u8(offset: number): Field<number> {
  return { offset, size: 1, read: (view, at) => view.getUint8(at) };
}

/** An unsigned 16-bit field in the machine's byte order. */
export function u16(offset: number): Field<number> {
  return { offset, size: 2, read: (view, at) => view.getUint16(at, LITTLE_ENDIAN) };
}

/** An unsigned 32-bit field in the machine's byte order. */
export function u32(offset: number): Field<number> {
  return { offset, size: 4, read: (view, at) => view.getUint32(at, LITTLE_ENDIAN) };
}

/** A signed 32-bit field in the machine's byte order. */
export function i32(offset: number): Field<number> {
  return { offset, size: 4, read: (view, at) => view.getInt32(at, LITTLE_ENDIAN) };
}

/** An unsigned 64-bit field in the machine's byte order. */
export function u64(offset: number): Field<bigint> {
  return { offset, size: 8, read: (view, at) => view.getBigUint64(at, LITTLE_ENDIAN) };
}

/** `size` bytes as they are; a view, not a copy. */
export function bytes(offset: number, size: number): Field<Uint8Array> {
  return {
    offset,
    size,
    read: (view, at) => new Uint8Array(view.buffer, view.byteOffset + at, size),
  };
}

/**
 * Reads the fields that are there.
 *
 * @param required bytes without which the struct makes no sense
 * @throws RangeError when fewer than `required` bytes are given
 */
export function decodeStruct<T extends object>(
  name: string,
  layout: Layout<T>,
  data: Uint8Array,
  required: number,
): T {
  if (data.byteLength < required) {
    throw new RangeError(`Cannot decode ${name}: ${data.byteLength} bytes, need ${required}`);
  }
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const result: Partial<T> = {};
  for (const key in layout) {
    const field = layout[key];
    if (field.offset + field.size <= data.byteLength) result[key] = field.read(view, field.offset);
  }
  return result as T;
}
