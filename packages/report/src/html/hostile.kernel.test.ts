// Needs chromium; no privilege.
import { kernelTest, program } from "@task-watchers/kernel-test";
import type { AnyLine } from "@task-watchers/trace";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { at, bytesOf, HEADER, of, SUMMARY } from "../model/trace-text.fixture.ts";
import { reportOf, withReport } from "./chromium.fixture.ts";
import { HOSTILE_WORDS } from "./hostile.fixture.ts";

/** A task of hostile name, arguments, folder, cgroup, user, functions and audit record, for each word. */
function hostileTrace(): AnyLine[] {
  const tasks = HOSTILE_WORDS.flatMap((word, i): AnyLine[] => {
    const line = (ms: number): Record<string, unknown> => ({
      ...of(100 + i, ms, i === 0 ? 1 : 99 + i),
      task: `${100 + i}.${word}`,
    });
    const facts = { exe: word, argv: [word, word], cwd: `/${word}`, cgroup: word };
    const self = { name: word, module: word, samples: 1, selfNs: "10000000" };
    const times = { samples: 1, cpuNs: "10000000", userNs: "10000000", kernelNs: "0" };
    return [
      { type: "init", ...line(i) },
      { type: "exec", ...line(i + 1), ...facts, source: word, missing: { [word]: word } },
      { type: "exec-failed", ...line(i + 2), path: word, argv: [word], code: word },
      { type: "comm", ...line(i + 3), comm: word },
      { type: "audit", ...line(i + 3), record: word, keys: [word], [word]: word },
      { type: "exit", ...line(i + 50), code: 1, synthetic: word },
      { type: "samples", ...line(i + 50), command: word, ...times, functions: [self] },
      { type: "delays", ...line(i + 50), source: word, comm: word, wallNs: "50000000" },
    ];
  });
  const [word = ""] = HOSTILE_WORDS;
  const lost = { timeNs: at(70), count: null, sinceNs: at(60), untilNs: at(70) };
  const notes = HOSTILE_WORDS.map((text) => `${text}!`);
  return [
    { ...HEADER, command: HOSTILE_WORDS, host: word, kernel: word, arch: word, scope: word },
    ...tasks,
    { type: "lost", reason: word, ...lost },
    { type: word },
    { ...SUMMARY, command: { signal: word }, modules: [{ name: word, status: { notes } }] },
  ];
}

async function nothingHappened(page: Page): Promise<void> {
  expect(await page.evaluate("window.hacked")).toBeUndefined();
  expect(
    await page.locator("body img, body iframe, body [onerror], body [onmouseover]").count(),
  ).toBe(0);
  expect(await page.locator("body script").count()).toBe(2);
  const text = String(
    await page.evaluate(`document.body.innerText + [...document.querySelectorAll("body *:not(script)")]
      .flatMap((one) => [...one.attributes].map((attribute) => attribute.value)).join(" ")`),
  );
  expect(text).not.toMatch(/[\u0000\u0007\u001b\u200b\u202e\u2028\u2029\ufeff]|\p{Cs}/u);
}

kernelTest(
  "hostile text does nothing on any part of the report",
  [program("chromium")],
  async () => {
    const html = await reportOf(bytesOf(hostileTrace()));
    expect(html).not.toContain("window.hacked");
    await withReport(html, async (page) => {
      await nothingHappened(page);
      await page.locator("#lanes").focus();
      for (const [i] of HOSTILE_WORDS.entries()) {
        await page.keyboard.press(i === 0 ? "ArrowDown" : "ArrowRight");
        await nothingHappened(page);
      }
      expect(await page.locator("#details").textContent()).toContain("%s&amp;\\u0000");
      const tabs = page.locator("#tabs [role=tab]");
      for (let i = 0; i < (await tabs.count()); i++) {
        await tabs.nth(i).click();
        await nothingHappened(page);
      }
      for (const word of ["<script>", "__proto__", "\\u202e", ".*", '"']) {
        await page.locator("#tab-timeline").click();
        await page.locator("#search").fill(word);
        await nothingHappened(page);
      }
      await page.locator("#search").fill("right\\u202eto");
      expect(await page.locator("#found").textContent()).toMatch(/of \d+ tasks|\d+ tasks?/u);
    });
  },
);
