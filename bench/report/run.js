// @ts-check
/** What the HTML report costs: making it of 1,000,000 lines, and looking at it with 20,000 tasks. Needs chromium. */
import { execFileSync } from "node:child_process";
import { createWriteStream, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { buildTrace } from "./build-trace.js";

const CLI = fileURLToPath(new URL("../../packages/cli/dist/main.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "bench-report-"));

/**
 * @param {string} name
 * @param {number} tasks
 */
async function convert(name, tasks) {
  const trace = join(folder, `${name}.jsonl`);
  const html = join(folder, `${name}.html`);
  await pipeline(Readable.from(buildTrace(tasks)), createWriteStream(trace));
  // A process of its own, which tells at its end what it took at most.
  const script = `process.on("exit", () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
    console.log(JSON.stringify({ maxRSS, cpuMs: (userCPUTime + systemCPUTime) / 1000 }));
  });
  process.argv = [process.execPath, "", "report", "-q", ${JSON.stringify(trace)}];
  await import(${JSON.stringify(pathToFileURL(CLI).href)});`;
  const startMs = performance.now();
  const out = execFileSync(process.execPath, ["--input-type=module", "-e", script]);
  const elapsedMs = performance.now() - startMs;
  const { maxRSS, cpuMs } = JSON.parse(String(out));
  const size = (/** @type {string} */ file) => `${(statSync(file).size / 2 ** 20).toFixed(1)} MiB`;
  console.log(
    `${name}: ${size(trace)} of trace, ${size(html)} of report, ${(elapsedMs / 1000).toFixed(1)} s, ` +
      `${(cpuMs / 1000).toFixed(1)} s of CPU, ${(maxRSS / 1024).toFixed(0)} MiB at most`,
  );
  return html;
}

/** @param {string} html */
async function look(html) {
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu"],
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.addInitScript(`new MutationObserver(() => {
    if (!document.body?.dataset.ready || window.paintedMs) return;
    window.paintedMs = -1;
    requestAnimationFrame(() => setTimeout(() => (window.paintedMs = performance.now())));
  }).observe(document, { subtree: true, childList: true, attributes: true });`);
  await page.goto(pathToFileURL(html).href);
  await page.waitForFunction("window.paintedMs > 0");
  console.log(
    `first picture after ${Math.round(Number(await page.evaluate("window.paintedMs")))} ms`,
  );
  for (const [what, keys] of /** @type {const} */ ([
    ["all of it", ""],
    ["a tenth of it", "+++++"],
    ["unfolded", "unfold"],
  ])) {
    if (keys === "unfold") await page.getByText("Unfold", { exact: true }).click();
    await page.locator("#lanes").focus();
    for (const key of keys === "unfold" ? "" : keys) await page.keyboard.press(key);
    console.log(`panning ${what}: ${await frames(page)}`);
  }
  await browser.close();
}

/** Pans by a pixel and more, a hundred times, a step a frame. @param {import("playwright-core").Page} page */
async function frames(page) {
  const steps = /** @type {number[]} */ (
    await page.evaluate(`new Promise((resolve) => {
      const canvas = document.querySelector("#lanes canvas");
      const box = canvas.getBoundingClientRect();
      const frames = [];
      let before = 0;
      const step = (now) => {
        if (before) frames.push(now - before);
        before = now;
        if (frames.length >= 100) return resolve(frames);
        canvas.dispatchEvent(new WheelEvent("wheel", {
          deltaX: frames.length < 50 ? 7 : -7, clientX: box.left + 600, clientY: box.top + 80, bubbles: true, cancelable: true,
        }));
        requestAnimationFrame(step);
      };
      requestAnimationFrame(step);
    })`)
  );
  steps.sort((a, b) => a - b);
  const at = (/** @type {number} */ part) => (steps[Math.floor(part * 99)] ?? 0).toFixed(1);
  return `frame ${at(0.5)} ms, 95 % within ${at(0.95)} ms, longest ${at(1)} ms`;
}

try {
  if (!process.argv.includes("--look")) await convert("1,000,000 lines", 166_600);
  await look(await convert("20,000 tasks", 20_000));
} finally {
  rmSync(folder, { recursive: true });
}
