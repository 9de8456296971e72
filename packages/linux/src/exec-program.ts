import { constants as fs } from "node:fs";
import { constants } from "node:os";
import { libc } from "./libc.ts";
import { SyscallError } from "./syscall-error.ts";
import { encodeText } from "./text.ts";

/**
 * Becomes another program (execvp(3)): same process id, same parent, standard streams and undo of semaphores; looked for in
 * PATH. Does not return. What this program still had to write or to tell is lost: finish it before. All descriptors but the
 * standard streams and those named are closed, for Node.js marks what it inherits so; the environment is `process.env`. What was ignored when Node.js began (nohup) is not any more:
 * it resets that. Only from the main thread.
 *
 * @param descriptors others that stay open
 * @throws SyscallError `ENOENT` when there is no such program, `EACCES`, `ENOEXEC`, `E2BIG`: then nothing has happened
 * @throws TypeError when an argument holds a NUL
 */
export function execProgram(
  file: string,
  args: readonly string[],
  descriptors: readonly number[] = [],
): never {
  const strings = [file, ...args].map(terminated);
  const argv = new BigUint64Array(strings.length + 1);
  strings.forEach((bytes, i) => (argv[i] = libc().address(bytes)));
  const [path = new Uint8Array(1)] = strings;
  // What is ignored stays so across an exec; handlers do not.
  for (const signal of IGNORED) libc().signal(signal, SIG_DFL);
  for (const fd of descriptors) libc().fcntl(fd, F_SETFD, 0);
  for (const fd of STANDARD_STREAMS) {
    libc().fcntl(fd, F_SETFD, 0);
    // Node.js makes a pipe non-blocking when it uses it; few programs expect that.
    const flags = libc().fcntl(fd, F_GETFL, 0);
    if (flags >= 0) libc().fcntl(fd, F_SETFL, flags & ~fs.O_NONBLOCK);
  }
  libc().execvp(path, argv);
  const errno = libc().errno();
  for (const signal of IGNORED) libc().signal(signal, SIG_IGN);
  for (const fd of [...STANDARD_STREAMS, ...descriptors]) libc().fcntl(fd, F_SETFD, FD_CLOEXEC);
  throw new SyscallError("execve", errno);
}

const STANDARD_STREAMS = [0, 1, 2];
// include/uapi/asm-generic/fcntl.h
const F_SETFD = 2;
const F_GETFL = 3;
const F_SETFL = 4;
const FD_CLOEXEC = 1;
/** Signals that Node.js and V8 ignore. */
const IGNORED = [constants.signals.SIGPIPE, constants.signals.SIGXFSZ];
const SIG_DFL = 0;
const SIG_IGN = 1;
/** Longer than what V8 keeps inside the object, where it would move. */
const OWN_BUFFER_BYTES = 256;

function terminated(text: string): Uint8Array {
  if (text.includes("\0"))
    throw new TypeError(`an argument cannot hold a NUL: ${JSON.stringify(text)}`);
  const bytes = encodeText(text);
  const copy = new Uint8Array(new ArrayBuffer(Math.max(OWN_BUFFER_BYTES, bytes.length + 1)));
  copy.set(bytes);
  return copy;
}
