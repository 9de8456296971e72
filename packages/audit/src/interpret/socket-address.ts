import { decodeText } from "@task-watchers/linux";

/** What a `struct sockaddr` says, as a system call was given it. */
export interface SocketAddress {
  /** `unix`, `inet`, `inet6`, `netlink`, `packet`, or the family's number. */
  readonly family: string;
  /** IP address. */
  readonly address?: string;
  readonly port?: number;
  /** Of a Unix socket: its path, or its name in the abstract namespace with `@` in front. Any text at all. */
  readonly path?: string;
}

/** include/linux/socket.h */
const [AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET] = [1, 2, 10, 16, 17];
const NAMES: ReadonlyMap<number, string> = new Map([
  [0, "unspec"],
  [AF_UNIX, "unix"],
  [AF_INET, "inet"],
  [AF_INET6, "inet6"],
  [AF_NETLINK, "netlink"],
  [AF_PACKET, "packet"],
  [38, "alg"],
  [40, "vsock"],
]);

/**
 * A socket address from the hex of a `saddr` field. The family is in the byte order of the host that wrote the record:
 * one from a big-endian host is told by its number.
 *
 * @returns undefined when it is no hex, or too short for its family
 */
export function parseSocketAddress(hex: string): SocketAddress | undefined {
  if (hex.length % 2 !== 0 || hex.length < 4 || hex.length > 512 || !/^[\dA-F]+$/iu.test(hex)) {
    return undefined;
  }
  const bytes = Buffer.from(hex, "hex");
  const number = bytes.readUInt16LE(0);
  const family = NAMES.get(number) ?? String(number);
  switch (number) {
    case AF_UNIX:
      return { family, ...unixPath(bytes.subarray(2)) };
    case AF_INET:
      if (bytes.length < 8) return undefined;
      return { family, address: bytes.subarray(4, 8).join("."), port: bytes.readUInt16BE(2) };
    case AF_INET6:
      if (bytes.length < 24) return undefined;
      return { family, address: ipv6(bytes.subarray(8, 24)), port: bytes.readUInt16BE(2) };
    default:
      return { family };
  }
}

function unixPath(bytes: Buffer): { readonly path?: string } {
  if (bytes.length === 0) return {};
  // An abstract name goes to the end of the address and may hold any byte; a path ends at the first NUL.
  if (bytes[0] === 0) return { path: `@${decodeText(bytes.subarray(1))}` };
  const end = bytes.indexOf(0);
  return { path: decodeText(end < 0 ? bytes : bytes.subarray(0, end)) };
}

/** RFC 5952: lower case, the longest run of zeros left out. */
function ipv6(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, at) => bytes.readUInt16BE(at * 2).toString(16));
  const runs = [...groups.join(":").matchAll(/(?:\b0\b:?){2,}/gu)];
  const longest = runs.sort((a, b) => b[0].length - a[0].length)[0];
  if (longest === undefined) return groups.join(":");
  const text = groups.join(":");
  const [before, after] = [
    text.slice(0, longest.index),
    text.slice(longest.index + longest[0].length),
  ];
  return `${before.replace(/:$/u, "")}::${after}`;
}
