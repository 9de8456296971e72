import { encodeGeneric, encodeMessage } from "@task-watchers/netlink";
import { textAttribute } from "@task-watchers/netlink/attribute";
import { NLM_F_REQUEST } from "@task-watchers/netlink/constants";
import { TASKSTATS_CMD_GET, TASKSTATS_GENL_VERSION } from "./constants.ts";

/** A request to be told of exits, or no longer. */
export interface Registration {
  /** The family's id. */
  readonly family: number;
  /** Of the socket that sends it. */
  readonly port: number;
  /** TASKSTATS_CMD_ATTR_REGISTER_CPUMASK or TASKSTATS_CMD_ATTR_DEREGISTER_CPUMASK. */
  readonly attribute: number;
  /** As the kernel lists them: "0-3,8". */
  readonly cpus: string;
  /** NLM_F_…; NLM_F_REQUEST is added. */
  readonly flags: number;
  readonly sequence: number;
}

/** The datagram. Its list ends in a NUL: the kernel would drop the last character without, and register "0" for nothing. */
export function encodeRegistration(registration: Registration): Uint8Array {
  const { family, port, attribute, cpus, flags, sequence } = registration;
  const payload = encodeGeneric(
    { command: TASKSTATS_CMD_GET, version: TASKSTATS_GENL_VERSION },
    textAttribute(attribute, cpus),
  );
  return encodeMessage({ type: family, flags: NLM_F_REQUEST | flags, sequence, port, payload });
}
