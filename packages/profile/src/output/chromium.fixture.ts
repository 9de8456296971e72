import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll } from "vitest";

let browser: Promise<Browser> | undefined;

afterAll(async () => {
  await (await browser)?.close();
  browser = undefined;
});

/** A page of its own in Debian's Chromium, which is told to leave the network alone, and started once for a file of tests. */
export async function withPage(body: (page: Page) => Promise<void>): Promise<void> {
  browser ??= chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  const context = await (await browser).newContext({ viewport: { width: 1000, height: 700 } });
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    await body(page);
  } finally {
    await context.close();
  }
}
