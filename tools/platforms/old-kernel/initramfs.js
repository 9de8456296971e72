// @ts-check
/**
 * A file of an initramfs.
 *
 * @typedef {object} Entry
 * @property {string} path
 * @property {number} mode with the bits of the file type (stat(2))
 * @property {Uint8Array} [data] what it holds; of a link, where it leads
 * @property {readonly number[]} [device] major and minor number
 */

export const DIRECTORY = 0o040755;
export const PROGRAM = 0o100755;
export const CHARACTER_DEVICE = 0o020600;
export const LINK = 0o120777;
export const TEXT = 0o100644;

/**
 * An archive as the kernel unpacks it at boot: the "newc" format of Documentation/driver-api/early-userspace/buffer-format.rst.
 *
 * @param {readonly Entry[]} entries parents before what is in them
 * @returns {Buffer}
 */
export function initramfs(entries) {
  const end = { path: "TRAILER!!!", mode: 0 };
  return Buffer.concat([...entries, end].flatMap((entry, at) => member(entry, at + 1)));
}

/**
 * @param {Entry} entry
 * @param {number} inode
 */
function member({ path, mode, data = new Uint8Array(), device = [0, 0] }, inode) {
  const name = Buffer.from(`${path}\0`);
  // c_ino c_mode c_uid c_gid c_nlink c_mtime c_filesize c_maj c_min c_rmaj c_rmin c_namesize c_chksum
  const fields = [inode, mode, 0, 0, 1, 0, data.length, 0, 0, ...device, name.length, 0];
  const hex = fields.map((field) => field.toString(16).padStart(8, "0")).join("");
  return [padded(Buffer.concat([Buffer.from(`070701${hex}`), name])), padded(data)];
}

/** @param {Uint8Array} bytes */
function padded(bytes) {
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
}
