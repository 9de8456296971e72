/** Records as the programs would write them, for tests; offsets written out, so that a wrong table shows. */

/** Fields to differ from the sample. */
export interface SampleExec {
  readonly file?: string;
  readonly argv?: string;
  /** Names from the last to the first. */
  readonly exe?: string;
  readonly exeEnd?: number;
  readonly cwd?: string;
  readonly argvLength?: number;
  readonly argvError?: number;
  readonly trimmed?: number;
  readonly lost?: number;
}

const HEAD = 32;

function head(kind: number, bytes: number, lost: number): { bytes: Uint8Array; view: DataView } {
  const record = new Uint8Array(bytes);
  const view = new DataView(record.buffer);
  view.setUint32(0, kind, true);
  view.setUint32(4, lost, true);
  view.setBigUint64(8, 1_000_000_007n, true); // time
  view.setUint32(16, 41, true); // thread
  view.setUint32(20, 40, true); // process
  view.setBigUint64(24, 900_000_001n, true); // start
  return { bytes: record, view };
}

/** Words of 32 bits behind the head. */
function withWords(kind: number, words: readonly number[], lost: number): Uint8Array {
  const { bytes, view } = head(kind, HEAD + words.length * 4, lost);
  words.forEach((word, i) => view.setUint32(HEAD + i * 4, word, true));
  return bytes;
}

export function sampleFork(lost = 0): Uint8Array {
  return withWords(1, [10, 11, 12, 13], lost);
}

export function sampleExit(status: number, processStatus: number, last: number): Uint8Array {
  return withWords(3, [status, processStatus, last, 9], 0);
}

export function sampleExec(options: SampleExec = {}): Uint8Array {
  const { file = "/bin/ls\0", argv = "ls\0-l\0", argvError = 0, trimmed = 0, lost = 0 } = options;
  const { exe = "ls\0bin\0usr\0", exeEnd = 0, cwd = "tmp\0" } = options;
  const names = file + exe + cwd;
  const { bytes, view } = head(2, 96 + names.length + argv.length, lost);
  [42, 1, 2, 3, 4, file.length].forEach((word, i) => view.setUint32(HEAD + i * 4, word, true));
  view.setBigUint64(56, 77n, true); // control group
  view.setUint32(64, options.argvLength ?? argv.length, true);
  view.setUint32(68, argv.length, true);
  view.setInt32(72, argvError, true);
  view.setUint32(76, trimmed, true);
  [exe.length, exeEnd, cwd.length, 0].forEach((word, i) => view.setUint32(80 + i * 4, word, true));
  bytes.set(Buffer.from(names + argv, "latin1"), 96);
  return bytes;
}
