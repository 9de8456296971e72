import type { AuditRecord } from "../record/audit-record.ts";
import { encodedText, plainText } from "../record/field-value.ts";
import { scanFields } from "../record/scan-fields.ts";
import { id, wholeNumber } from "./numbers.ts";

/** A name that a system call looked up, from a PATH record. */
export interface PathFacts {
  /** Its place among the names of the call, from 0. */
  readonly item?: number;
  /** As the program gave it, so relative to the working directory; absent when the kernel had none. */
  readonly name?: string;
  /** Absent when there is no such file, as `dev`, `mode`, `ouid`, `ogid` and `rdev` are then. */
  readonly inode?: bigint;
  /** Device of the file system, `"major:minor"` in hexadecimal. */
  readonly dev?: string;
  /** Kind of file and permissions, as in `st_mode`. */
  readonly mode?: number;
  readonly ouid?: number;
  readonly ogid?: number;
  /** What device the file is, `"major:minor"` in hexadecimal. */
  readonly rdev?: string;
  /** `NORMAL`, `PARENT`, `CREATE`, `DELETE` or `UNKNOWN`. */
  readonly nametype?: string;
  /** Capabilities of the file: permitted and inheritable sets, as bits, and whether they become effective. */
  readonly capPermitted?: bigint;
  readonly capInheritable?: bigint;
  readonly capEffective?: boolean;
}

const MODE = /^0?[0-7]{1,7}$/u;
const INODE = /^\d{1,20}$/u;
const HEX = /^[\da-f]{1,16}$/iu;

/** What a PATH record says. */
export function pathFacts({ body }: AuditRecord): PathFacts {
  const facts: { -readonly [K in keyof PathFacts]: PathFacts[K] } = {};
  scanFields(body, (name, raw) => {
    switch (name) {
      case "item":
        return put("item", wholeNumber(raw));
      case "name":
        return put("name", raw === "(null)" ? undefined : (encodedText(raw) ?? plainText(raw)));
      case "inode":
        return put("inode", INODE.test(raw) ? BigInt(raw) : undefined);
      case "dev":
        return put("dev", raw);
      case "mode":
        return put("mode", MODE.test(raw) ? Number.parseInt(raw, 8) : undefined);
      case "ouid":
        return put("ouid", id(raw));
      case "ogid":
        return put("ogid", id(raw));
      case "rdev":
        return put("rdev", raw);
      case "nametype":
        return put("nametype", raw);
      case "cap_fp":
        return put("capPermitted", HEX.test(raw) ? BigInt(`0x${raw}`) : undefined);
      case "cap_fi":
        return put("capInheritable", HEX.test(raw) ? BigInt(`0x${raw}`) : undefined);
      case "cap_fe":
        return put("capEffective", raw === "1" ? true : raw === "0" ? false : undefined);
    }
  });
  return facts;

  function put<K extends keyof PathFacts>(name: K, value: PathFacts[K]): void {
    if (value !== undefined) facts[name] ??= value;
  }
}
