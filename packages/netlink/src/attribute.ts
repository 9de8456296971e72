import { decodeText, encodeText } from "@task-watchers/linux/text";
import {
  decodeStruct,
  type Field,
  type Layout,
  u16,
  u32,
  u64,
  u8,
} from "@task-watchers/linux/layout";
import { NLA_F_NESTED, NLA_F_NET_BYTEORDER, NLA_TYPE_MASK } from "./constants.ts";
import { align } from "./message.ts";

interface Header {
  readonly length: number;
  readonly type: number;
}

/** struct nlattr, include/uapi/linux/netlink.h. */
export const nlattrLayout: Layout<Header> = { length: u16(0), type: u16(2) };
/** sizeof(struct nlattr). */
export const NLATTR_SIZE = 4;
/** The most a 16-bit length leaves for a value. */
const VALUE_LIMIT = 65_531;

/** One attribute; its readers check the length, and the type of value is the caller's to know. */
export class Attribute {
  /** Without the two flag bits. */
  readonly type: number;
  /** NLA_F_NESTED; older families nest without setting it, so its absence says nothing. */
  readonly nested: boolean;
  /** NLA_F_NET_BYTEORDER: the number readers then read big-endian. */
  readonly networkOrder: boolean;
  /** A view, padding left out. */
  readonly value: Uint8Array;

  /** @param rawType as in struct nlattr, flag bits included */
  constructor(rawType: number, value: Uint8Array) {
    this.type = rawType & NLA_TYPE_MASK;
    this.nested = (rawType & NLA_F_NESTED) !== 0;
    this.networkOrder = (rawType & NLA_F_NET_BYTEORDER) !== 0;
    this.value = value;
  }

  /** @throws RangeError unless the value has exactly 1 byte */
  u8(): number {
    return this.#number("u8", u8(0));
  }

  /** @throws RangeError unless the value has exactly 2 bytes */
  u16(): number {
    return this.#number("u16", u16(0));
  }

  /** @throws RangeError unless the value has exactly 4 bytes */
  u32(): number {
    return this.#number("u32", u32(0));
  }

  /** @throws RangeError unless the value has exactly 8 bytes */
  u64(): bigint {
    return this.#number("u64", u64(0));
  }

  /** The string up to its NUL, or all of it when there is none; bytes that are not UTF-8 as `decodeText` gives them. */
  text(): string {
    const end = this.value.indexOf(0);
    return decodeText(end < 0 ? this.value : this.value.subarray(0, end));
  }

  /** The attributes nested in this one. @throws RangeError in the iteration */
  attributes(): Generator<Attribute, void> {
    return decodeAttributes(this.value);
  }

  #number<T>(name: string, field: Field<T>): T {
    if (this.value.byteLength !== field.size) {
      const size = this.value.byteLength;
      throw new RangeError(
        `Cannot decode attribute ${this.type} as ${name}: ${size} bytes, need ${field.size}`,
      );
    }
    const value = this.networkOrder ? toMachineOrder(this.value) : this.value;
    return field.read(new DataView(value.buffer, value.byteOffset, field.size), 0);
  }
}

/**
 * The attributes of a payload, values as views.
 *
 * @throws RangeError in the iteration, when a header or a value is cut off
 */
export function* decodeAttributes(payload: Uint8Array): Generator<Attribute, void> {
  for (let at = 0; at < payload.byteLength;) {
    const rest = payload.subarray(at);
    const { length, type } = decodeStruct("nlattr", nlattrLayout, rest, NLATTR_SIZE);
    if (length < NLATTR_SIZE) {
      throw new RangeError(`Cannot decode nlattr: its length is ${length}, need ${NLATTR_SIZE}`);
    }
    if (length > rest.byteLength) {
      throw new RangeError(
        `Cannot decode attribute ${type & NLA_TYPE_MASK}: ${rest.byteLength} bytes, need ${length}`,
      );
    }
    yield new Attribute(type, rest.subarray(NLATTR_SIZE, length));
    at += align(length);
  }
}

/**
 * An attribute with a value as it is, padded to 4.
 *
 * @param type may carry NLA_F_NESTED and NLA_F_NET_BYTEORDER
 * @throws RangeError when the value is longer than 65,531 bytes
 */
export function bytesAttribute(type: number, value: Uint8Array): Uint8Array {
  if (value.byteLength > VALUE_LIMIT) {
    const size = value.byteLength;
    throw new RangeError(`Cannot encode attribute ${type}: ${size} bytes, at most ${VALUE_LIMIT}`);
  }
  const length = NLATTR_SIZE + value.byteLength;
  const bytes = new Uint8Array(align(length));
  new Uint16Array(bytes.buffer, 0, 2).set([length, type]);
  bytes.set(value, NLATTR_SIZE);
  return bytes;
}

/** An attribute with an unsigned 8-bit value. */
export function u8Attribute(type: number, value: number): Uint8Array {
  return bytesAttribute(type, Uint8Array.of(value));
}

/** An attribute with an unsigned 16-bit value in the machine's byte order. */
export function u16Attribute(type: number, value: number): Uint8Array {
  return bytesAttribute(type, new Uint8Array(Uint16Array.of(value).buffer));
}

/** An attribute with an unsigned 32-bit value in the machine's byte order. */
export function u32Attribute(type: number, value: number): Uint8Array {
  return bytesAttribute(type, new Uint8Array(Uint32Array.of(value).buffer));
}

/** An attribute with an unsigned 64-bit value in the machine's byte order. */
export function u64Attribute(type: number, value: bigint): Uint8Array {
  return bytesAttribute(type, new Uint8Array(BigUint64Array.of(value).buffer));
}

/** An attribute with a string; the NUL is added. @throws RangeError when the string holds one itself */
export function textAttribute(type: number, text: string): Uint8Array {
  if (text.includes("\0")) throw new RangeError(`Cannot encode attribute ${type}: NUL in its text`);
  return bytesAttribute(type, Buffer.concat([encodeText(text), Uint8Array.of(0)]));
}

/** An attribute that holds attributes, with NLA_F_NESTED set. */
export function nestedAttribute(type: number, ...attributes: Uint8Array[]): Uint8Array {
  return bytesAttribute(type | NLA_F_NESTED, Buffer.concat(attributes));
}

function toMachineOrder(bigEndian: Uint8Array): Uint8Array {
  const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
  return littleEndian ? bigEndian.toReversed() : bigEndian;
}
