import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";
import { type Browser, chromium, type Page } from "playwright-core";
import protobuf from "protobufjs";

/** CPU time in functions themselves as a reader of a file understands it, in a unit of its own. */
export type SelfTimes = ReadonlyMap<string, number>;

/** What of profile.proto it takes to add up. */
const SCHEMA = `
syntax = "proto3";
message Profile {
  repeated Sample sample = 2; repeated Location location = 4; repeated Function function = 5; repeated string string_table = 6;
}
message Sample { repeated uint64 location_id = 1; repeated int64 value = 2; }
message Location { uint64 id = 1; repeated Line line = 4; }
message Line { uint64 function_id = 1; }
message Function { uint64 id = 1; int64 name = 2; }
`;

interface Pprof {
  readonly sample: readonly { readonly locationId: string[]; readonly value: string[] }[];
  readonly location: readonly { readonly id: string; readonly line: { functionId: string }[] }[];
  readonly function: readonly { readonly id: string; readonly name: string }[];
  readonly stringTable: readonly string[];
}

/** By protobufjs. */
export function readPprof(path: string): SelfTimes {
  const type = protobuf.parse(SCHEMA).root.lookupType("Profile");
  const message = type.decode(gunzipSync(readFileSync(path)));
  const decoded = type.toObject(message, { longs: String, arrays: true, defaults: true }) as Pprof;
  const names = new Map(
    decoded.function.map(({ id, name }) => [id, decoded.stringTable[Number(name)] ?? ""]),
  );
  const locations = new Map(
    decoded.location.map(({ id, line }) => [id, names.get(line[0]?.functionId ?? "") ?? ""]),
  );
  return sums(
    // Leaf first; samples, then nanoseconds.
    decoded.sample.map(({ locationId, value }) => [
      locations.get(locationId[0] ?? "") ?? "",
      Number(value[1]),
    ]),
  );
}

/** As flamegraph.pl does: a number behind the last space, frames between semicolons. */
export function readFolded(path: string): SelfTimes {
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  return sums(
    lines.map((line) => {
      const [, stack = "", weight = ""] = /^(.*) (\d+)$/u.exec(line) ?? [];
      return [stack.split(";").at(-1) ?? "", Number(weight)];
    }),
  );
}

interface TraceEvent {
  readonly ph: string;
  readonly name: string;
  readonly ts: number;
  readonly dur: number;
  readonly args: { readonly cpuNs: number };
}

/** Slices that nest; each says the CPU time of itself and of those within it. */
export function readTraceEvents(path: string): SelfTimes {
  const { traceEvents } = JSON.parse(readFileSync(path, "utf8")) as { traceEvents: TraceEvent[] };
  const slices = traceEvents.filter(({ ph }) => ph === "X");
  const entries: [string, number][] = [];
  const open: TraceEvent[] = [];
  for (const slice of slices.toSorted((a, b) => a.ts - b.ts || b.dur - a.dur)) {
    // Nanoseconds, as Perfetto has it: microseconds with a fraction do not add up exactly.
    while (open.length > 0 && endNs(open.at(-1)) <= Math.round(slice.ts * 1000)) open.pop();
    const outer = open.at(-1);
    if (outer !== undefined) entries.push([outer.name, -slice.args.cpuNs]);
    entries.push([slice.name, slice.args.cpuNs]);
    open.push(slice);
  }
  return sums(entries);
}

function endNs(slice: TraceEvent | undefined): number {
  return slice === undefined ? 0 : Math.round((slice.ts + slice.dur) * 1000);
}

/** By speedscope itself, from its table of functions: the part that each took itself. */
export async function readSpeedscope(path: string, folder: string): Promise<SelfTimes> {
  const manifest = createRequire(import.meta.url).resolve("speedscope/package.json");
  const page = pathToFileURL(join(dirname(manifest), "dist/release/index.html")).href;
  const script = join(folder, "hand-over.js");
  const base64 = readFileSync(path).toString("base64");
  writeFileSync(script, `speedscope.loadFileFromBase64("a.speedscope.json", "${base64}")`);
  return await withPage(`${page}#localProfilePath=${script}`, async (opened) => {
    await opened.getByText("Sandwich").click();
    const rows = opened.locator("table tr");
    await rows.nth(1).waitFor();
    const texts = await rows.evaluateAll((all) =>
      all.map((row) => [...row.children].map((cell) => cell.textContent.trim())),
    );
    return sums(
      texts
        .slice(1)
        .map(([, self = "", name = ""]) => [
          name,
          Number(/\((?:<)?([\d.]+)%\)/u.exec(self)?.[1] ?? Number.NaN),
        ]),
    );
  });
}

/** By a browser, offline: how wide each frame is, less those below it. */
export async function readFlamegraph(path: string): Promise<SelfTimes> {
  return await withPage(pathToFileURL(path).href, async (page) => {
    const frames = page.locator("g.frame");
    await frames.first().waitFor();
    const boxes = await frames.evaluateAll((all) =>
      all.map((element) => {
        const { left, right, top } = element.getBoundingClientRect();
        return { name: element.getAttribute("name") ?? "", left, right, top };
      }),
    );
    return sums(
      boxes.flatMap(({ name, left, right, top }) => {
        const [outer] = boxes
          .filter((other) => other.top < top - 1)
          .filter((other) => other.left <= left + 0.5 && other.right >= right - 0.5)
          .sort((a, b) => b.top - a.top);
        const entries: [string, number][] = [[name, right - left]];
        if (outer !== undefined) entries.push([outer.name, left - right]);
        return entries;
      }),
    );
  });
}

let browser: Promise<Browser> | undefined;

/** For `afterAll`. */
export async function closeBrowser(): Promise<void> {
  await (await browser)?.close();
  browser = undefined;
}

async function withPage<T>(url: string, body: (page: Page) => Promise<T>): Promise<T> {
  browser ??= chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: [
      ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"],
      ...["--disable-background-networking", "--disable-component-update"],
    ],
  });
  const context = await (await browser).newContext({ offline: true });
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    const complaints: string[] = [];
    page.on("dialog", (dialog) => {
      complaints.push(dialog.message());
      void dialog.dismiss();
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(url);
    const result = await body(page);
    if (complaints.length > 0) throw new Error(complaints.join("; "));
    return result;
  } finally {
    await context.close();
  }
}

function sums(entries: readonly (readonly [name: string, value: number])[]): SelfTimes {
  const totals = new Map<string, number>();
  for (const [name, value] of entries) totals.set(name, (totals.get(name) ?? 0) + value);
  return totals;
}
