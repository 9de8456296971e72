import { parseNumberTable } from "../record/number-table.ts";

/** man 7 signal: x86, ARM and most others. */
const SIGNALS = `
1 SIGHUP SIGINT SIGQUIT SIGILL SIGTRAP SIGABRT SIGBUS SIGFPE SIGKILL SIGUSR1 SIGSEGV SIGUSR2 SIGPIPE SIGALRM SIGTERM
SIGSTKFLT SIGCHLD SIGCONT SIGSTOP SIGTSTP SIGTTIN SIGTTOU SIGURG SIGXCPU SIGXFSZ SIGVTALRM SIGPROF SIGWINCH SIGIO SIGPWR
SIGSYS
`;

let signals: ReadonlyMap<number, string> | undefined;

/** Name of a Linux signal, such as `"SIGSEGV"`; undefined when it has none. */
export function signalName(signal: number): string | undefined {
  signals ??= parseNumberTable(SIGNALS);
  return signals.get(signal);
}
