import type { Seen, SeenEvent, SeenTask } from "./watched.fixture.ts";

/** What was told of a task, in a line: `"init clone exec:true exit:0 free"`. */
export function sequenceOf({ events }: SeenTask): string {
  return events.map(inShort).join(" ");
}

/** How often each sequence was told. */
export function sequences({ tasks }: Seen): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const sequence of tasks.map(sequenceOf).toSorted()) {
    counts[sequence] = (counts[sequence] ?? 0) + 1;
  }
  return counts;
}

/** Events of one kind. */
export function eventsOf({ tasks }: Seen, type: string): readonly SeenEvent[] {
  return tasks.flatMap(({ events }) => events).filter((event) => event.type === type);
}

function inShort(event: SeenEvent): string {
  const mark = event["synthetic"] === undefined ? "" : `(${String(event["synthetic"])})`;
  return event.type + mark + detail(event);
}

function detail(event: SeenEvent): string {
  switch (event.type) {
    case "exec":
      return `:${String(event["exe"]).replace(/.*\//u, "")}`;
    case "uid":
      return `:${String(event["ruid"])},${String(event["euid"])}`;
    case "gid":
      return `:${String(event["rgid"])},${String(event["egid"])}`;
    case "exit":
      if (event["code"] !== undefined) return `:${String(event["code"])}`;
      return event["signal"] === undefined ? ":unknown" : `:signal ${String(event["signal"])}`;
    default:
      return "";
  }
}
