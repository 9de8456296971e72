import type { CapabilityName } from "./capabilities.ts";
import type { HostFacts } from "./host.ts";

/** Why something is refused, and what to do about it. */
export interface Refusal {
  readonly reason: string;
  readonly remedy: string;
}

/** Why a call is refused that wants a capability, and how to get it, given where this process is. */
export function lacks(capability: CapabilityName, host: HostFacts): Refusal {
  const { capabilities, namespaces, container } = host;
  if (namespaces.user.first === false) {
    return {
      reason: `it wants ${capability} in the host's first user namespace, and this is another`,
      remedy: "run outside of it; a rootless container is a user namespace of its own",
    };
  }
  if (capabilities.effective.includes(capability)) {
    return filtered(`although ${capability} is in force`);
  }
  const reason = `it wants ${capability}`;
  if (capabilities.bounding.includes(capability)) {
    return { reason, remedy: withCapability(capability) };
  }
  if (container !== null) {
    const short = capability.slice("CAP_".length);
    return { reason, remedy: `start the container with --cap-add=${short}, and be its root` };
  }
  return {
    reason: `${reason}, which was taken from this session for good`,
    remedy: "use a session that still has it in its bounding set: grep CapBnd /proc/self/status",
  };
}

/** Why a call is refused that any user may make, or one that has what it wants. @param despite begins with "although" */
export function filtered(despite: string): Refusal {
  return {
    reason: `it is refused ${despite}: by a seccomp filter or a security module`,
    remedy: "in a container: --security-opt seccomp=unconfined, or a profile that allows it",
  };
}

/** The command line that runs task-watchers as the user one is, with one capability more. */
export function withCapability(capability: CapabilityName): string {
  const name = capability.slice("CAP_".length).toLowerCase();
  return (
    'sudo env PATH="$PATH" setpriv --reuid=$(id -u) --regid=$(id -g) --init-groups ' +
    `--inh-caps=+${name} --ambient-caps=+${name} task-watchers …`
  );
}

/** The kernel was built without it, or is too old. */
export function notInKernel(what: string, since: string): Refusal {
  return { reason: `this kernel has no ${what}`, remedy: `use ${since}` };
}
