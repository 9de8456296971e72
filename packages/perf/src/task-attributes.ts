import { attributeBytes } from "./attribute-bytes.ts";
import {
  PERF_COUNT_SW_DUMMY,
  PERF_FORMAT_LOST,
  PERF_SAMPLE_CPU,
  PERF_SAMPLE_IDENTIFIER,
  PERF_SAMPLE_TID,
  PERF_SAMPLE_TIME,
  PERF_TYPE_SOFTWARE,
} from "./constants.ts";

/**
 * struct perf_event_attr of an event that counts nothing, and tells of the forks, names and ends of a thread and of all that
 * descends from it. It is on at once.
 *
 * @param readLost its figures tell how many records were lost (since Linux 6.0)
 */
export function encodeTaskAttributes(readLost: boolean): Uint8Array {
  return attributeBytes({
    type: PERF_TYPE_SOFTWARE,
    config: PERF_COUNT_SW_DUMMY,
    sampleFreq: 0,
    sampleType: PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_CPU,
    readFormat: readLost ? PERF_FORMAT_LOST : 0,
    bits: {
      inherit: true,
      // Without, kernel.perf_event_paranoid 2 would not allow it; it changes nothing here.
      exclude_kernel: true,
      exclude_hv: true,
      comm: true,
      task: true,
      sample_id_all: true,
      comm_exec: true,
      use_clockid: true,
    },
  });
}
