import { BpfUnavailableError, openBpfSource } from "@task-watchers/bpf/source";
import { type Probe, RefusedError } from "../probe.ts";

/** Whether programs in the kernel can tell the tasks of the whole host: loads them, and attaches none. */
export const bpf: Probe = {
  name: "bpf",
  title: "every task of the host with all its arguments, from BPF programs",
  attempt: async (signal) => {
    try {
      const source = await openBpfSource({ signal });
      source.close();
    } catch (error) {
      if (!(error instanceof BpfUnavailableError)) throw error;
      const { code, message, reason, remedy } = error;
      throw new RefusedError(message, { reason, remedy }, code);
    }
    return "the kernel has taken the programs";
  },
};
