import { inflateRawSync } from "node:zlib";
import type { AnyLine } from "@task-watchers/trace";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { readTraceModel } from "../model/read-trace-model.ts";
import { BUILD, bytesOf, HEADER, of, SUMMARY } from "../model/trace-text.fixture.ts";
import { HOSTILE_WORDS } from "./hostile.fixture.ts";
import { htmlReport } from "./html-report.ts";
import type { PageData } from "./page-data.ts";

const assets = { script: "window.page = 1;", style: "body { margin: 0 }" };

async function html(lines: readonly AnyLine[]): Promise<string> {
  const pieces: string[] = [];
  const model = await readTraceModel(bytesOf(lines));
  for await (const piece of htmlReport(model, { assets })) pieces.push(piece);
  return pieces.join("");
}

/** What the page would read. */
function dataOf(page: string): PageData {
  const [, base64 = ""] = /id="data">([^<]*)</u.exec(page) ?? [];
  expect(base64).toMatch(/^[\w+/]+=*$/u);
  return JSON.parse(inflateRawSync(Buffer.from(base64, "base64")).toString()) as PageData;
}

test("htmlReport() makes a page of its own that asks nobody for anything", async () => {
  const page = await html(BUILD);
  expect(page).toContain("default-src 'none'; script-src 'sha256-");
  expect(page).not.toMatch(/<(?:script|link|img)[^>]+(?:src|href)="(?!data:)/u);
  expect(page).toContain("<noscript>");
  expect(page.length).toBeLessThan(10_000);
});

test("htmlReport() packs all that the trace has", async () => {
  const { meta, tasks, texts, notes, losses } = dataOf(await html(BUILD));
  expect(meta).toMatchObject({
    title: "make -j2",
    host: "builder",
    outcome: "exit code 0",
    startedMs: 1_795_034_000_000,
    endNs: 1e9,
    hasDelays: true,
    hasSamples: false,
  });
  expect(tasks).toHaveLength(3);
  const [, , , , , startNs, lengthNs, code, execs] = tasks[0] ?? [];
  expect([startNs, lengthNs, code]).toEqual([0, 990e6, 0]);
  const words = execs?.[0]?.[2] || [];
  expect(words.map((place) => texts[place])).toEqual(["make", "-j2"]);
  expect(tasks[1]?.[10]).toMatchObject({ signal: 11, core: true });
  expect(notes).toHaveLength(2);
  expect(losses).toHaveLength(1);
});

test("htmlReport() has no text of another process outside its data", async () => {
  const tasks = HOSTILE_WORDS.map((word, i) => ({
    type: "exec",
    ...of(10 + i, i),
    argv: [word],
    exe: word,
  }));
  const page = await html([
    { ...HEADER, command: HOSTILE_WORDS, host: "<script>" },
    ...tasks,
    SUMMARY,
  ]);
  expect(page.match(/<script/gu)).toHaveLength(2);
  expect(page).not.toContain("hacked");
  expect(dataOf(page).texts).toEqual(["", ...HOSTILE_WORDS]);
});

test("htmlReport() loses no text, whatever it holds and however it is cut into pieces", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: "binary" }), { minLength: 1 }), async (argv) => {
      const page = await html([HEADER, { type: "exec", ...of(10, 1), argv }]);
      const { tasks, texts } = dataOf(page);
      const places = tasks[0]?.[8]?.[0]?.[2] || [];
      expect(places.map((place) => texts[place])).toEqual(argv);
    }),
    { numRuns: 30 },
  );
}, 60_000);
