import { existsSync, readFileSync } from "node:fs";
import { AuditUnavailableError } from "./unavailable.ts";

/** Says in the user's terms why audit refused; other errors are given back as they are. */
export function explain(
  error: unknown,
  capability: AuditCapability = "CAP_AUDIT_CONTROL",
): unknown {
  const code = errorCode(error);
  if (code === undefined || error instanceof AuditUnavailableError) return error;
  const [reason, remedy] =
    code === "EPERM"
      ? missing(capability)
      : code === "EPROTONOSUPPORT"
        ? absent()
        : code === "ECONNREFUSED"
          ? foreign()
          : [];
  if (reason === undefined || remedy === undefined) return error;
  return new AuditUnavailableError(code, reason, remedy, { cause: error });
}

/** Status and rules cannot be changed because somebody said so. */
export function locked(error?: unknown): AuditUnavailableError {
  return new AuditUnavailableError(
    "ELOCKED",
    "audit is locked (enabled 2), so that nobody can change its rules or its status",
    "reboot with rules that do not end in -e 2, or have the rules you need among those loaded at boot",
    { cause: error },
  );
}

/** What a request needs: the first to ask and change, the second to read records. */
export type AuditCapability = "CAP_AUDIT_CONTROL" | "CAP_AUDIT_READ";

/** The symbolic code of an error that has one. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : undefined;
}

function missing(capability: AuditCapability): [reason: string, remedy: string] {
  const where =
    capability === "CAP_AUDIT_CONTROL"
      ? " and the host's initial pid namespace"
      : " in the host's initial user namespace";
  const option = `setcap ${capability.toLowerCase()}+ep`;
  return [
    `it needs ${capability}${where}`,
    capability === "CAP_AUDIT_CONTROL"
      ? `run as root on the host (a container needs --pid host), or give node the capability (${option})`
      : `run as root on the host, or give node the capability (${option})`,
  ];
}

function foreign(): [reason: string, remedy: string] {
  return [
    "the kernel answers the host's initial user namespace only, and this process is in another",
    "run in the host's own user and pid namespace (for a container: --userns host --pid host)",
  ];
}

function absent(): [reason: string, remedy: string] {
  // Since Linux 5.3 the file is there in every kernel that was built with audit; before, if with audit of system calls.
  return existsSync("/proc/self/loginuid") && /(?:^|\s)audit=(?:0|off)(?:\s|$)/u.test(commandLine())
    ? [
        "the kernel was booted with audit=0",
        "take audit=0 off the kernel's command line and reboot",
      ]
    : [
        "this kernel was built without it",
        "use a kernel with CONFIG_AUDIT=y and CONFIG_AUDITSYSCALL=y",
      ];
}

/** What the kernel was booted with; empty where it cannot be read. */
export function commandLine(): string {
  try {
    return readFileSync("/proc/cmdline", "utf8");
  } catch {
    return "";
  }
}
