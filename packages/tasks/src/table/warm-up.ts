import { TaskChain } from "@task-watchers/chain";
import type { ProcReader } from "@task-watchers/linux/procfs";
import type { BootTime } from "./boot-time.ts";
import { PROC_EVENT_EXEC, PROC_EVENT_EXIT, PROC_EVENT_FORK } from "../connector/cn-proc.ts";
import { Delivery } from "./delivery.ts";
import { ExecFactsReader } from "./exec-facts.ts";
import { Descent } from "./scope.ts";
import { idsOf } from "./task-ids.ts";
import { TaskTable } from "./task-table.ts";

/** Lives that are played through: the first has the code compiled, some more have it see what it works on. Each costs 0.3 ms. */
const LIVES = 5;

/**
 * Plays a few lives of our own process through a table and a chain that nobody listens to. The first events would otherwise wait some 3 ms
 * for code to be compiled, and by then the first programs of a command have come and gone, their arguments unread.
 */
export function warmUp(proc: ProcReader, boot: BootTime): void {
  const chain = new TaskChain();
  const tell = (): void => {};
  chain.register({ name: "warm-up", init: tell, clone: tell, exec: tell, exit: tell, free: tell });
  const scope = new Descent();
  const facts = new ExecFactsReader(proc);
  const table = new TaskTable({
    scope,
    delivery: new Delivery(
      (event, task) => chain.raise(event, task),
      () => {},
      () => {},
    ),
    facts,
    boot,
    threads: false,
    idsOf: (pid) => idsOf(proc, pid),
    existing: () => {},
  });
  const { pid } = process;
  for (let i = 0; i < LIVES; i++) {
    const timeNs = process.hrtime.bigint();
    scope.await(pid);
    table.apply(PROC_EVENT_FORK, pid, pid, 1, 1, timeNs);
    facts.foretell(pid, timeNs, true);
    table.apply(PROC_EVENT_EXEC, pid, pid, 0, 0, timeNs);
    table.apply(PROC_EVENT_EXIT, pid, pid, 0, 1, timeNs);
  }
}
