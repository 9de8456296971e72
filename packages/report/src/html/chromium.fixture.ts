import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, expect } from "vitest";
import { bundlePage } from "./bundle-page.js";
import { readTraceModel } from "../model/read-trace-model.ts";
import { htmlReport } from "./html-report.ts";
import type { PageAssets } from "./page-assets.ts";

let browser: Promise<Browser> | undefined;
let assets: Promise<PageAssets> | undefined;

afterAll(async () => {
  await (await browser)?.close();
  browser = undefined;
});

/** The HTML of a trace, with the page as the sources have it now. */
export async function reportOf(trace: string | AsyncIterable<Uint8Array>): Promise<string> {
  assets ??= bundlePage();
  const pieces: string[] = [];
  const model = await readTraceModel(trace);
  for await (const piece of htmlReport(model, { assets: await assets })) pieces.push(piece);
  return pieces.join("");
}

/**
 * Opens a report from disk in Debian's Chromium. Afterwards nothing may have gone wrong in it, and nothing have been asked
 * for but the file.
 */
export async function withReport(
  html: string,
  body: (page: Page) => Promise<void>,
  options: BrowserContextOptions = {},
): Promise<void> {
  browser ??= chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
  });
  const folder = mkdtempSync(join(tmpdir(), "report-"));
  const context = await (
    await browser
  ).newContext({
    viewport: { width: 1280, height: 800 },
    ...options,
  });
  try {
    const file = join(folder, "report.html");
    writeFileSync(file, html);
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("dialog", (dialog) => complaints.push(dialog.message()));
    page.on("request", (request) => requests.push(request.url()));
    const url = pathToFileURL(file).href;
    await page.goto(url);
    await page.locator("body[data-ready]").waitFor();
    await body(page);
    expect(complaints).toEqual([]);
    expect(requests).toEqual([url]);
  } finally {
    await context.close();
    rmSync(folder, { recursive: true });
  }
}
