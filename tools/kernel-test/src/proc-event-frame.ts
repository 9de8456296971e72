/** One process event as the kernel would send it; see include/uapi/linux/cn_proc.h. */
export interface ProcEventFrame {
  readonly what: number;
  /** The event's own fields as 32-bit words. */
  readonly data?: readonly number[];
  readonly cpu?: number;
  readonly sequence?: number;
  readonly ack?: number;
  readonly timeNs?: bigint;
}

/** The 76 bytes of a datagram from the process events connector. */
export function procEventFrame(frame: ProcEventFrame): Uint8Array {
  const { what, data = [], cpu = 0, sequence = 0, ack = 0, timeNs = 0n } = frame;
  const bytes = new Uint8Array(76);
  const view = new DataView(bytes.buffer);
  const put = (offset: number, value: number): void => view.setUint32(offset, value, true);
  put(0, 76); // nlmsg_len
  view.setUint16(4, 3, true); // nlmsg_type: NLMSG_DONE
  put(8, sequence); // nlmsg_seq
  put(16, 1); // cb_id.idx: CN_IDX_PROC
  put(20, 1); // cb_id.val: CN_VAL_PROC
  put(24, sequence); // cn_msg.seq
  put(28, ack); // cn_msg.ack
  view.setUint16(32, 40, true); // cn_msg.len
  put(36, what >>> 0);
  put(40, cpu);
  view.setBigUint64(44, timeNs, true);
  data.forEach((word, i) => put(52 + i * 4, word));
  return bytes;
}
