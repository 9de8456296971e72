import type { EventSink } from "@task-watchers/tasks";
import type { Counting } from "./counters.ts";

/** Counts the events on their way. */
export function countedSink(sink: EventSink, counters: Counting): EventSink {
  return {
    event: (...event) => {
      counters.received++;
      sink.event(...event);
    },
    lost: (loss) => sink.lost(loss),
    settled: () => sink.settled(),
    facts: (tgid, facts) => sink.facts(tgid, facts),
  };
}
