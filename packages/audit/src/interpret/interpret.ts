import type { AuditField } from "../record/fields.ts";
import { archName } from "./arch.ts";
import { capabilityName, capabilityNames } from "./capabilities.ts";
import { linuxErrnoName } from "./errno.ts";
import { fileModeText } from "./file-mode.ts";
import { IdNames } from "./id-names.ts";
import { signalName } from "./signals.ts";
import { parseSocketAddress } from "./socket-address.ts";
import { syscallName } from "./syscalls.ts";

/** How fields are interpreted. */
export interface InterpretOptions {
  /**
   * Names of users and groups (default: this machine's; of no use to a log from another). `null`: ids stay numbers. Names that
   * the log itself has, in auditd's enriched format, go first.
   */
  readonly names?: IdNames | null;
}

let machine: IdNames | undefined;

/** As in the kernel's records, an id that is not set: (uid_t) -1. */
const UNSET = 4_294_967_295;

/**
 * A field for a reader, close to what `ausearch -i` says: names in place of numbers. Text is any text at all, so it is for
 * a terminal only once its control characters are escaped. What has no name stays as it is.
 */
export function interpret(field: AuditField, options: InterpretOptions = {}): string {
  const { kind, value, raw, enriched } = field;
  if (enriched !== undefined) return enriched;
  if (typeof value === "number") return interpretNumber(field, value, options);
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "bigint") {
    if (kind === "capabilities") return capabilityNames(value);
    return kind === "hex" ? `0x${value.toString(16)}` : String(value);
  }
  if (value === undefined) return raw;
  if (typeof value !== "string") return value.join(kind === "title" ? " " : ",");
  return kind === "address" ? addressText(raw) : value;
}

function interpretNumber(
  { kind, arch }: AuditField,
  value: number,
  options: InterpretOptions,
): string {
  const text = String(value);
  switch (kind) {
    case "uid":
      return idText(value, (names) => names.user(value), options);
    case "gid":
      return idText(value, (names) => names.group(value), options);
    case "session":
      return value === UNSET ? "unset" : text;
    case "arch":
      return archName(value) ?? `0x${value.toString(16)}`;
    case "syscall":
      return (arch === undefined ? undefined : syscallName(arch, value)) ?? text;
    case "exit":
      return (value < 0 ? linuxErrnoName(-value) : undefined) ?? text;
    case "errno":
      return linuxErrnoName(Math.abs(value)) ?? text;
    case "signal":
      return signalName(value) ?? text;
    case "capability":
      return capabilityName(value) ?? text;
    case "mode":
      return fileModeText(value);
    default:
      return text;
  }
}

function idText(
  value: number,
  nameOf: (names: IdNames) => string | undefined,
  { names }: InterpretOptions,
): string {
  if (value === UNSET || value === -1) return "unset";
  if (names === null) return String(value);
  machine ??= new IdNames();
  return nameOf(names ?? machine) ?? String(value);
}

function addressText(raw: string): string {
  const found = parseSocketAddress(raw);
  if (found === undefined) return raw;
  const { family, address, port, path } = found;
  const parts = [
    family,
    ...(address === undefined ? [] : [`laddr=${address}`]),
    ...(port === undefined ? [] : [`lport=${port}`]),
    ...(path === undefined ? [] : [`path=${path}`]),
  ];
  return `{ ${parts.join(" ")} }`;
}
