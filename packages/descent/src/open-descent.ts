import { type ExecCall, type ExecOutcome, openExecStop } from "@task-watchers/exec-stop";
import { Descent } from "./descent.ts";
import { descentSource } from "./descent-source.ts";
import { checkDescentOptions, type DescentOptions } from "./options.ts";

/**
 * Makes ready to start commands of which, and of all that descends from them, every task event is told: in any pid, user or network
 * namespace, and by any user. Nothing is told before a watch has been opened on it.
 *
 * @throws (rejects) ExecStopUnavailableError, with nothing changed; TypeError or RangeError for a bad option
 */
export async function openDescent(options: DescentOptions = {}): Promise<Descent> {
  checkDescentOptions(options);
  const { onExec, onOutcome, onRoot, exits, perf, ringPages, ...handed } = options;
  const source = descentSource({
    ...(exits !== undefined && { exits }),
    ...(perf !== undefined && { perf }),
    ...(ringPages !== undefined && { ringPages }),
  });
  const stop = await openExecStop({
    ...handed,
    others: source.others,
    onExec(call) {
      source.stopped(call);
      return onExec?.(call);
    },
    // Costs two looks at /proc for each exec, and perf's records tell as much.
    ...((onOutcome || !source.hasRecords) && {
      onOutcome(call: ExecCall, outcome: ExecOutcome) {
        source.outcome(call, outcome);
        onOutcome?.(call, outcome);
      },
    }),
  });
  return new Descent(stop, source, onRoot ?? (() => {}));
}
