import { fstatSync, readSync } from "node:fs";

/** Something with bytes at offsets: a file, or memory. Only what is asked for is read. */
export interface ByteSource {
  readonly size: number;
  /**
   * @param length bytes, all of which must be there
   * @throws RangeError when they reach beyond the end
   */
  read(offset: number, length: number): Uint8Array;
}

/** An open file. The descriptor stays the caller's. */
export function fileSource(fd: number): ByteSource {
  const { size } = fstatSync(fd);
  return {
    size,
    read(offset, length) {
      checkRange(offset, length, size);
      const bytes = new Uint8Array(length);
      for (let got = 0; got < length;) {
        const n = readSync(fd, bytes, got, length - got, offset + got);
        if (n === 0) throw new RangeError(`file ended at ${offset + got}, while it was read`);
        got += n;
      }
      return bytes;
    },
  };
}

/** Bytes that are in memory already. */
export function memorySource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read(offset, length) {
      checkRange(offset, length, bytes.length);
      return bytes.subarray(offset, offset + length);
    },
  };
}

function checkRange(offset: number, length: number, size: number): void {
  const fits = offset >= 0 && length >= 0 && offset + length <= size;
  if (!fits) throw new RangeError(`${length} bytes at ${offset}: beyond the end, ${size}`);
}
