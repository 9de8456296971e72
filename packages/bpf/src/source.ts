/** BPF programs as what drives a watch of tasks, in the connector's place. Importing opens nothing. @module */
export {
  type BpfSourceOptions,
  openBpfSource,
  type PreparedBpfSource,
} from "./source/open-bpf-source.ts";
export type { BpfSource, BpfSourceCounters } from "./source/bpf-source.ts";
export type { ExecFactsCounters } from "./source/exec-facts.ts";
export { BpfUnavailableError } from "./load/unavailable-error.ts";
