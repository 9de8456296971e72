// Needs chromium; no privilege.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { kernelTest, program } from "@task-watchers/kernel-test";
import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";
import type { CpuProfile } from "../profile/cpu-profile.ts";
import { withPage } from "./chromium.fixture.ts";
import { toFlamegraphHtml } from "./flamegraph-html.ts";
import { emptyProfile, exampleProfile, frameNamed, HOSTILE_NAMES } from "./profile.fixture.ts";

/** Longer than vitest's default: the machine may be busy. */
const SOON = { timeout: 20_000 };

/** Opens the flame graph of a profile; afterwards nothing may have gone wrong in it, and nothing have been asked for. */
async function open(profile: CpuProfile, body: (page: Page) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "flamegraph-"));
  try {
    const file = join(folder, "profile.html");
    writeFileSync(file, toFlamegraphHtml(profile, { title: "A <b>title</b>" }));
    await withPage(async (page) => {
      const complaints: string[] = [];
      const requests: string[] = [];
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(String(error)));
      page.on("dialog", (dialog) => complaints.push(dialog.message()));
      page.on("request", (request) => requests.push(request.url()));
      await page.goto(pathToFileURL(file).href);
      await body(page);
      expect(complaints).toEqual([]);
      expect(requests).toEqual([pathToFileURL(file).href]);
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function frame(page: Page, name: string): Locator {
  return page.locator(`g.frame[name=${JSON.stringify(name)}]`);
}

async function width(locator: Locator): Promise<number> {
  return (await locator.locator("rect").boundingBox())?.width ?? 0;
}

kernelTest("the flame graph is as wide as the time, zooms and resets", [program("chromium")], () =>
  open(exampleProfile(), async (page) => {
    await expect.poll(() => width(frame(page, "work")), SOON).toBeCloseTo(0.8 * 968, -1);
    expect(await width(frame(page, "main"))).toBeCloseTo(968, -1);
    expect(await width(frame(page, "idle()"))).toBeCloseTo(97, -1);
    expect(await page.locator("#figures").textContent()).toBe(
      "100.0 ms of CPU time · 10 samples at 100 Hz · 3 tasks · over 200.0 ms",
    );
    expect(await page.locator("#notes li").allTextContents()).toEqual(["2 samples were lost"]);
    expect(await page.locator("#title").textContent()).toBe("A <b>title</b>");
    await frame(page, "schedule").hover();
    expect(await page.locator("#details").textContent()).toBe(
      "schedulekernel · [kernel] · total 20.0 ms (20.00 %) · self 20.0 ms (20.00 %) · 2 samples",
    );
    await frame(page, "schedule").click();
    await expect.poll(() => width(frame(page, "schedule")), SOON).toBeCloseTo(968, -1);
    await page.locator("#reset").click();
    await expect.poll(() => width(frame(page, "schedule")), SOON).toBeCloseTo(194, -1);
  }),
);

kernelTest(
  "the flame graph narrows to a command or a task, and keeps what was searched for",
  [program("chromium")],
  () =>
    open(exampleProfile(), async (page) => {
      const options = await page.locator("#part option").allTextContents();
      expect(options).toEqual([
        "all tasks",
        "make · 70.0 ms",
        "cc · 30.0 ms",
        "make 10 · 70.0 ms",
        "cc 11 · 20.0 ms",
        "cc 12 · 10.0 ms",
      ]);
      await page.locator("#search").fill("SCHED");
      expect(await page.locator("#found").textContent()).toBe("20.0 ms, 20.00 % of the time shown");
      await page.locator("#part").selectOption({ label: "cc · 30.0 ms" });
      expect(await page.locator("#found").textContent()).toBe("20.0 ms, 66.67 % of the time shown");
      await expect.poll(() => width(frame(page, "schedule")), SOON).toBeCloseTo((2 / 3) * 968, -1);
      expect(await frame(page, "schedule").locator("rect").getAttribute("fill")).toBe(
        "hsl(300 75% 78%)",
      );
      expect(await frame(page, "main").locator("rect").getAttribute("fill")).not.toBe(
        "hsl(300 75% 78%)",
      );
      await page.locator("#search").fill("nothing like it");
      expect(await page.locator("#found").textContent()).toBe("not found");
      await page.locator("#search").fill("/app/a.js");
      expect(await page.locator("#found").textContent()).toBe("10.0 ms, 33.33 % of the time shown");
    }),
);

kernelTest("the flame graph is walked with the keyboard", [program("chromium")], () =>
  open(exampleProfile(), async (page) => {
    await page.locator("#reset").focus();
    await page.keyboard.press("Tab");
    const named = (): Promise<string | null> => page.locator("#details b").textContent();
    expect(await named()).toBe("all tasks");
    const walk = [
      ["ArrowDown", "main"],
      ["ArrowDown", "work"],
      ["ArrowRight", "idle()"],
      ["ArrowLeft", "work"],
      ["ArrowDown", "schedule"],
      ["ArrowUp", "work"],
      ["Home", "all tasks"],
    ] as const;
    for (const [key, name] of walk) {
      await page.keyboard.press(key);
      expect(await named(), key).toBe(name);
    }
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await expect.poll(() => width(frame(page, "work")), SOON).toBeCloseTo(968, -1);
    expect(await named()).toBe("work");
    await page.keyboard.press("Escape");
    await expect.poll(() => width(frame(page, "work")), SOON).toBeCloseTo(774, -1);
  }),
);

kernelTest(
  "hostile names do nothing in the flame graph, and can be seen",
  [program("chromium")],
  () => {
    const example = exampleProfile();
    const first = example.samples[0];
    if (first === undefined) throw new Error("the example has samples");
    const profile = exampleProfile({
      frames: HOSTILE_NAMES.map((name) => frameNamed(name, { module: name, file: name })),
      stacks: HOSTILE_NAMES.map((_, i) => [i]),
      tasks: HOSTILE_NAMES.map((name, i) => ({ id: name, pid: i, tgid: i, command: name })),
      samples: HOSTILE_NAMES.map((_, i) => ({ ...first, task: i, stack: i })),
      notes: HOSTILE_NAMES,
    });
    return open(profile, async (page) => {
      expect(await page.evaluate("window.hacked")).toBeUndefined();
      expect(await page.locator("#chart img, #chart script, #notes img").count()).toBe(0);
      const names = await page
        .locator("g.frame")
        .evaluateAll((all) => all.map((one) => one.getAttribute("name")));
      expect(names).toContain("<script>window.hacked=1</script>");
      expect(names).toContain("right\\u202eto left");
      expect(names).toContain("byte \\udcff and \\ud800 alone");
      expect(names).toContain("__proto__");
      expect(names).toHaveLength(HOSTILE_NAMES.length + 1);
    });
  },
);

kernelTest("the flame graph of no samples says so", [program("chromium")], () =>
  open(emptyProfile(), async (page) => {
    expect(await page.locator("#empty").isVisible()).toBe(true);
    expect(await page.locator("#notes li").allTextContents()).toEqual(["not permitted"]);
    await page.locator("#search").fill("x");
    await page.locator("#reset").click();
  }),
);

kernelTest("the flame graph has colours for the dark", [program("chromium")], () =>
  open(exampleProfile(), async (page) => {
    const colours = (): Promise<string[]> =>
      Promise.all([
        page
          .locator("body")
          .evaluate("document.defaultView.getComputedStyle(document.body).backgroundColor"),
        frame(page, "main").locator("rect").getAttribute("fill"),
      ]).then((all) => all.map(String));
    const light = await colours();
    await page.emulateMedia({ colorScheme: "dark" });
    await expect.poll(async () => (await colours())[1], SOON).not.toBe(light[1]);
    expect(await colours()).not.toContain(light[0]);
  }),
);
