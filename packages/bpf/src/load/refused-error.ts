/** Lines of the verifier's log that are shown: its verdict is at the end. */
const LOG_LINES = 12;

/** The kernel did not take a program. */
export class BpfRefusedError extends Error {
  override readonly name = "BpfRefusedError";
  /** `EACCES` or `EINVAL`: the verifier; `EPERM`: a capability; the code of the call that attaches. */
  readonly code: string;
  /** The program's name. */
  readonly program: string;
  /** The end of what the verifier said; empty when it was not asked. */
  readonly log: string;

  constructor(program: string, code: string, log: string, options?: ErrorOptions) {
    const tail = log.trimEnd().split("\n").slice(-LOG_LINES).join("\n");
    const said = tail === "" ? "" : `; the verifier said:\n${tail}`;
    super(`the kernel did not take the program ${program} (${code})${said}`, options);
    this.program = program;
    this.code = code;
    this.log = tail;
  }
}
