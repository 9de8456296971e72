import { SyscallError } from "@task-watchers/linux";
import { BtfError } from "../btf/btf-error.ts";
import { isLockedDown, missingCapabilities } from "./host.ts";
import { BpfRefusedError } from "./refused-error.ts";
import { BpfUnavailableError } from "./unavailable-error.ts";

/** Runs a step of opening and says in the user's terms why the kernel refused it. @throws BpfUnavailableError */
export function explained<T>(step: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    throw explain(step, error);
  }
}

/** What a failure of opening means; an error that is none of the kernel's is given back as it is. */
export function explain(step: string, error: unknown): unknown {
  const cause = { cause: error };
  if (error instanceof BtfError) {
    return new BpfUnavailableError(
      "EBADBTF",
      `the kernel's description of its types cannot be used: ${error.message}`,
      "use Linux 5.8 or later as its distributor built it, or report the kernel's version",
      cause,
    );
  }
  if (!(error instanceof SyscallError) && !(error instanceof BpfRefusedError)) return error;
  if (error.code === "EPERM") return notPermitted(step, cause);
  if (error instanceof BpfRefusedError) {
    return new BpfUnavailableError(
      "EREFUSED",
      error.message,
      "use Linux 5.8 or later; on one that is, report the kernel's version and these words",
      cause,
    );
  }
  if (error.code === "EINVAL" && step === "ring") {
    return new BpfUnavailableError(
      "EOLDKERNEL",
      "the kernel has no ring buffers for BPF",
      "use Linux 5.8 or later",
      cause,
    );
  }
  const [reason, remedy] = REASONS[error.code] ?? [
    `${error.syscall} failed while setting up (${step})`,
    "see the error's cause",
  ];
  return new BpfUnavailableError(error.code, reason, remedy, cause);
}

/** The description of the kernel's types cannot be read. */
export function noTypes(error: unknown): BpfUnavailableError {
  const message = error instanceof Error ? error.message : String(error);
  return new BpfUnavailableError(
    "ENOBTF",
    `the kernel does not describe its types (${message})`,
    "use a kernel with CONFIG_DEBUG_INFO_BTF=y, and let /sys be seen (for a container: not masked)",
    { cause: error },
  );
}

const REASONS: Readonly<Record<string, readonly [reason: string, remedy: string]>> = {
  ENOSYS: ["there is no bpf(2) here", "use a kernel with CONFIG_BPF_SYSCALL=y on x64 or arm64"],
  ENOMEM: ["the kernel has no memory for it", "ask for a smaller ringBytes or argvBytes"],
  E2BIG: ["a map is too large for this kernel", "ask for a smaller ringBytes or argvBytes"],
};

function notPermitted(step: string, cause: ErrorOptions): BpfUnavailableError {
  const missing = missingCapabilities() ?? [];
  if (missing.length > 0) {
    const names = missing.join(" and ");
    return new BpfUnavailableError(
      "EPERM",
      `this process lacks ${names}`,
      "run as root, or give node the capabilities (setcap cap_bpf,cap_perfmon+ep)",
      cause,
    );
  }
  if (isLockedDown()) {
    return new BpfUnavailableError(
      "EPERM",
      "the kernel is locked down (confidentiality)",
      "boot with lockdown=integrity or without secure boot",
      cause,
    );
  }
  return new BpfUnavailableError(
    "EPERM",
    `the kernel refused it while setting up (${step}), with the capabilities there`,
    "run outside of a container or user namespace, allow bpf(2) in its seccomp profile, or before Linux 5.11 raise RLIMIT_MEMLOCK",
    cause,
  );
}
