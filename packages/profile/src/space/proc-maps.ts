import { readFileSync } from "node:fs";
import { decodeText } from "@task-watchers/linux";
import { type Mapping, mappingKind } from "./mapping.ts";

/** `start-end perms offset major:minor inode path`; a newline in the path is written as \012. */
const LINE =
  /^(?<start>[0-9a-f]{1,16})-(?<end>[0-9a-f]{1,16}) (?<permissions>[-rwxsp]{4}) (?<offset>[0-9a-f]{1,16}) (?<major>[0-9a-f]{1,8}):(?<minor>[0-9a-f]{1,8}) (?<inode>\d{1,20}) *(?<path>.*)$/su;

/** The executable mappings in the text of /proc/PID/maps; lines that are none are left out. */
export function parseProcMaps(data: Uint8Array): Mapping[] {
  const mappings: Mapping[] = [];
  for (const line of decodeText(data).split("\n")) {
    const fields = LINE.exec(line)?.groups;
    if (fields?.["permissions"]?.[2] !== "x") continue;
    const { start, end, offset, major, minor, inode, path = "" } = fields;
    const name = path.replaceAll("\\012", "\n");
    mappings.push({
      start: BigInt(`0x${start}`),
      end: BigInt(`0x${end}`),
      offset: BigInt(`0x${offset}`),
      major: Number.parseInt(major ?? "", 16),
      minor: Number.parseInt(minor ?? "", 16),
      inode: BigInt(inode ?? 0),
      path: name,
      kind: mappingKind(name),
    });
  }
  return mappings;
}

/** The executable mappings of a process now; undefined when it is gone, or another user's without CAP_SYS_PTRACE. */
export function readProcMaps(tgid: number): Mapping[] | undefined {
  try {
    return parseProcMaps(readFileSync(`/proc/${tgid}/maps`));
  } catch {
    return undefined;
  }
}
