import { listSlots, type SlotsListing } from "@task-watchers/semundo/slots";
import { tableLines } from "../report/print-table.ts";
import { styleFor } from "../report/style.ts";
import { formatDuration } from "../report/format.ts";
import { commandLine } from "../report/terminal-text.ts";
import type { SlotArguments } from "./slot-arguments.ts";

/** `task-watchers slot --list`: who holds what since when. */
export async function listSlotsCommand(args: SlotArguments): Promise<number> {
  const all = await listSlots();
  const listings = args.name === "" ? all : all.filter(({ name }) => name === args.name);
  process.stdout.write(args.json ? `${JSON.stringify(listings)}\n` : text(listings));
  return 0;
}

function text(listings: readonly SlotsListing[]): string {
  if (listings.length === 0) return "no slots\n";
  const style = styleFor(process.stdout, process.env);
  const columns = process.stdout.isTTY ? process.stdout.columns : 1000;
  return listings
    .flatMap((listing) => [...tableLines(table(listing), style, columns), ""])
    .map((line) => `${line}\n`)
    .join("");
}

function table({
  name,
  count,
  free,
  waiting,
  holders,
}: SlotsListing): Parameters<typeof tableLines>[0] {
  const queue = waiting > 0 ? `, ${waiting} waiting` : "";
  return {
    title: `${name}: ${free} of ${count} free${queue}`,
    columns: [
      { name: "pid", align: "right" },
      { name: "held", align: "right" },
      { name: "command", align: "left" },
    ],
    rows: holders.map(({ pid, since, command }) => [
      String(pid),
      formatDuration(BigInt(Math.max(0, Date.now() - since.getTime())) * 1_000_000n),
      command === undefined ? "" : commandLine(command),
    ]),
    notes: [],
  };
}
