import { CLOCK_MONOTONIC, PERF_ATTR_BYTES } from "./constants.ts";

/** struct perf_event_attr: bits of the word at byte 40, counted from the lowest. */
const BIT = {
  disabled: 0,
  inherit: 1,
  exclude_kernel: 5,
  exclude_hv: 6,
  exclude_idle: 7,
  mmap: 8,
  comm: 9,
  freq: 10,
  enable_on_exec: 12,
  task: 13,
  sample_id_all: 18,
  mmap2: 23,
  comm_exec: 24,
  use_clockid: 25,
  inherit_thread: 35,
} as const;

/** What of struct perf_event_attr is not 0. */
export interface AttributeFields {
  readonly type: number;
  readonly config: number;
  /** Samples a second; 0 for none. */
  readonly sampleFreq: number;
  /** PERF_SAMPLE_*. */
  readonly sampleType: number;
  /** PERF_FORMAT_*. */
  readonly readFormat: number;
  readonly bits: Partial<Record<keyof typeof BIT, boolean>>;
}

/** struct perf_event_attr; times are CLOCK_MONOTONIC where `use_clockid` is set. */
export function attributeBytes(fields: AttributeFields): Uint8Array {
  const bytes = new Uint8Array(PERF_ATTR_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, fields.type, true);
  view.setUint32(4, PERF_ATTR_BYTES, true);
  view.setBigUint64(8, BigInt(fields.config), true);
  view.setBigUint64(16, BigInt(fields.sampleFreq), true);
  view.setBigUint64(24, BigInt(fields.sampleType), true);
  view.setBigUint64(32, BigInt(fields.readFormat), true);
  let word = 0n;
  for (const name of Object.keys(BIT) as (keyof typeof BIT)[]) {
    if (fields.bits[name] === true) word |= 1n << BigInt(BIT[name]);
  }
  view.setBigUint64(40, word, true);
  view.setInt32(92, CLOCK_MONOTONIC, true);
  return bytes;
}
