// Needs chromium; no privilege.
import { kernelTest, program } from "@task-watchers/kernel-test";
import type { AnyLine } from "@task-watchers/trace";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { at, BUILD, bytesOf, delays, HEADER, of, SUMMARY } from "../model/trace-text.fixture.ts";
import { reportOf, withReport } from "./chromium.fixture.ts";

/** Longer than vitest's default: the machine may be busy. */
const SOON = { timeout: 20_000 };

const CHROMIUM = [program("chromium")];

const SAMPLES: AnyLine = {
  type: "samples",
  ...of(11, 900, 10),
  command: "cc",
  samples: 10,
  cpuNs: "100000000",
  userNs: "70000000",
  kernelNs: "30000000",
  functions: [
    { name: "parse", module: "/usr/bin/cc", samples: 7, selfNs: "70000000" },
    { name: "page_fault", module: "[kernel]", samples: 2, selfNs: "20000000" },
  ],
};

/** `make`, `cc` with samples, and its assembler, which fails. */
const SAMPLED = [...BUILD.slice(0, -1), SAMPLES, SUMMARY];

async function open(
  lines: readonly AnyLine[] | string,
  body: (page: Page) => Promise<void>,
  options: Parameters<typeof withReport>[2] = {},
): Promise<void> {
  await withReport(await reportOf(bytesOf(lines)), body, options);
}

/** Part of the trace that the timeline shows, by the frame on the curve above it: 1 for all. */
async function shownPart(page: Page): Promise<number> {
  const frame = page.locator(".curve .window");
  if (!(await frame.isVisible())) return 1;
  const whole = (await page.locator(".curve .u-over").boundingBox())?.width ?? 1;
  return ((await frame.boundingBox())?.width ?? 0) / whole;
}

/** Where a moment is in the lanes of the timeline, when it shows everything. */
async function pointAt(page: Page, ms: number, row: number): Promise<{ x: number; y: number }> {
  const box = await page.locator("#lanes canvas").boundingBox();
  if (box === null) throw new Error("there is no timeline");
  const gutter = Math.min(230, Math.round(box.width * 0.2));
  const part = (ms + 10) / 1020;
  return { x: box.x + gutter + part * (box.width - gutter), y: box.y + 24 + row * 21 + 10 };
}

kernelTest("the report says what the trace is of, and what is missing", CHROMIUM, () =>
  open(SAMPLED, async (page) => {
    expect(await page.locator("#title").textContent()).toBe("make -j2");
    expect(await page.locator("#subtitle").textContent()).toContain("exit code 0 · builder · ");
    const figures = await page.locator("#figures div").allTextContents();
    expect(figures).toEqual([
      ...["Duration1.00 s", "Tasks3", "Failed2", "Most at once1"],
      ...["CPU time100 ms", "CPUs busy, mean0.10", "Events lost5"],
    ]);
    expect(await page.locator("#notes-line").textContent()).toContain("5 events lost");
    const tabs = await page.locator("#tabs [role=tab]").allTextContents();
    expect(tabs).toEqual([
      ...["Timeline", "Commands", "Slowest", "Failed (2)", "Critical path", "Flame graph", "About"],
    ]);
  }),
);

kernelTest("a task that is clicked tells all there is of it", CHROMIUM, () =>
  open(SAMPLED, async (page) => {
    const { x, y } = await pointAt(page, 600, 1);
    await page.mouse.move(x, y);
    await expect.poll(() => page.locator(".tip").textContent(), SOON).toContain("signal 11");
    await page.mouse.click(x, y);
    const details = page.locator("#details");
    await expect.poll(() => details.locator("h2").textContent(), SOON).toBe("cc");
    expect(await details.locator(".command").textContent()).toBe(String.raw`cc -c 'it'\''s.c'`);
    expect(await details.locator("[data-call]").getAttribute("data-call")).toBe(
      String.raw`cd /src && cc -c 'it'\''s.c'`,
    );
    const text = await details.textContent();
    for (const part of [
      "signal 11, core dumped",
      "890 ms",
      "/usr/bin/cc",
      "/a/b",
      "user 0",
      "parse",
    ]) {
      expect(text).toContain(part);
    }
    await details.getByText("Parent", { exact: true }).first().click();
    expect(await details.locator("h2").textContent()).toBe("make");
    expect(await details.textContent()).toContain("950 ms: user 1000, group 0");
    await page.keyboard.press("Escape");
    expect(await details.isVisible()).toBe(false);
  }),
);

kernelTest("the timeline zooms and pans with the wheel, the mouse and buttons", CHROMIUM, () =>
  open(SAMPLED, async (page) => {
    expect(await shownPart(page)).toBe(1);
    const { x, y } = await pointAt(page, 600, 1);
    await page.mouse.move(x, y);
    await page.mouse.wheel(0, -500);
    await expect.poll(() => shownPart(page), SOON).toBeLessThan(0.75);
    const before = await page.locator(".curve .window").boundingBox();
    await page.mouse.down();
    await page.mouse.move(x - 80, y, { steps: 4 });
    await page.mouse.up();
    await expect
      .poll(async () => (await page.locator(".curve .window").boundingBox())?.x, SOON)
      .toBeGreaterThan(before?.x ?? 0);
    expect(await page.locator("#details").isVisible()).toBe(false);
    await page.getByText("Fit", { exact: true }).click();
    await expect.poll(() => shownPart(page), SOON).toBe(1);
    const curve = await page.locator(".curve .u-over").boundingBox();
    if (curve === null) throw new Error("there is no curve");
    await page.mouse.move(curve.x + curve.width * 0.25, curve.y + 20);
    await page.mouse.down();
    await page.mouse.move(curve.x + curve.width * 0.5, curve.y + 20, { steps: 4 });
    await page.mouse.up();
    await expect.poll(() => shownPart(page), SOON).toBeCloseTo(0.25, 1);
  }),
);

kernelTest("the timeline is worked with keys alone", CHROMIUM, () =>
  open(SAMPLED, async (page) => {
    await page.locator("#lanes").focus();
    const chosen = (): Promise<string | null> => page.locator("#details h2").textContent();
    for (const [key, name] of [
      ["ArrowDown", "make"],
      ["ArrowRight", "cc"],
      ["ArrowRight", "as"],
      ["ArrowLeft", "cc"],
      ["Home", "make"],
    ] as const) {
      await page.keyboard.press(key);
      expect(await chosen(), key).toBe(name);
    }
    expect(await page.locator("#spoken").textContent()).toBe("make, exit code 0, 990 ms");
    await page.keyboard.press("+");
    await page.keyboard.press("w");
    await expect.poll(() => shownPart(page), SOON).toBeLessThan(0.5);
    await page.keyboard.press("0");
    await expect.poll(() => shownPart(page), SOON).toBe(1);
    await page.keyboard.press("f");
    await page.keyboard.press("/");
    await page.keyboard.type("it's");
    expect(await page.locator("#found").textContent()).toBe("1 task");
    await page.keyboard.press("Enter");
    expect(await chosen()).toBe("cc");
    await page.locator("#lanes").focus();
    await page.keyboard.press("4");
    expect(await page.locator("#panel-failed").isVisible()).toBe(true);
    await page.keyboard.press("?");
    expect(await page.locator("#help").isVisible()).toBe(true);
  }),
);

kernelTest("search and filters count what they let through, in tables too", CHROMIUM, () =>
  open(SAMPLED, async (page) => {
    const found = page.locator("#found");
    await page.locator("#search").fill("no such thing");
    expect(await found.textContent()).toBe("no task");
    await page.locator("#search").fill("MAKE -j2");
    expect(await found.textContent()).toBe("1 task");
    await page.locator("#clear").click();
    await page.locator("#result").selectOption({ label: "failed" });
    expect(await found.textContent()).toBe("2 tasks");
    await page.locator("#after").click();
    expect(await found.textContent()).toBe("1 of 2 tasks");
    await page.locator("#only").check();
    await page.locator("#cgroup").selectOption({ label: "/a/b" });
    expect(await found.textContent()).toBe("1 of 1 task");
    await page.locator("#tab-slowest").click();
    expect(await page.locator("#panel-slowest tbody tr").count()).toBe(1);
    await page.locator("#clear").click();
    expect(await page.locator("#panel-slowest tbody tr").count()).toBe(3);
    await page.locator("#user").selectOption({ label: "1000" });
    expect(await page.locator("#panel-slowest tbody tr").count()).toBe(1);
  }),
);

kernelTest("tables group commands, sort, and lead to the task", CHROMIUM, () =>
  open(SAMPLED, async (page) => {
    await page.locator("#tab-commands").click();
    const programs = (): Promise<string[]> =>
      page.locator("#panel-commands tbody tr td:first-child").allTextContents();
    expect(await programs()).toEqual(["make", "cc", "as"]);
    await page.getByText("Program", { exact: true }).click();
    expect(await programs()).toEqual(["as", "cc", "make"]);
    await page.locator("#tab-failed").click();
    await page.locator("#panel-failed tbody tr").first().press("Enter");
    expect(await page.locator("#details h2").textContent()).toBe("cc");
    await page.locator("#tab-path").click();
    const path = await page.locator("#panel-path tbody td:last-child").allTextContents();
    expect(path).toEqual([
      "make -j2",
      "cc -c 'it'\\''s.c'",
      "as",
      "cc -c 'it'\\''s.c'",
      "make -j2",
    ]);
    await page.locator("#tab-about").click();
    expect(await page.locator("#panel-about").textContent()).toContain(
      "The arguments of 1 of 3 execs",
    );
  }),
);

kernelTest(
  "the flame graph puts functions below programs, zooms, and is walked with keys",
  CHROMIUM,
  () =>
    open(SAMPLED, async (page) => {
      await page.locator("#tab-flame").click();
      const names = (): Promise<(string | null)[]> =>
        page.locator("g.frame").evaluateAll((all) => all.map((one) => one.getAttribute("name")));
      await expect.poll(names, SOON).toEqual(["all", "make", "cc", "parse", "page_fault"]);
      const width = async (name: string): Promise<number> =>
        (await page.locator(`g.frame[name="${name}"] rect`).boundingBox())?.width ?? 0;
      const whole = (await page.locator(".flame").boundingBox())?.width ?? 0;
      await expect.poll(() => width("parse"), SOON).toBeCloseTo(0.7 * whole, -1);
      await page.locator('g.frame[name="parse"]').click();
      await expect.poll(() => width("parse"), SOON).toBeCloseTo(whole, -1);
      await page.getByText("Reset zoom").click();
      await expect.poll(() => width("parse"), SOON).toBeCloseTo(0.7 * whole, -1);
      await page.locator('g.frame[name="all"]').focus();
      for (const name of ["make", "cc", "parse"]) {
        await page.keyboard.press("ArrowDown");
        expect(await page.locator(".flame-details b").textContent()).toBe(name);
      }
      await page.getByLabel("Source of the times").selectOption({ label: "accounting" });
      await expect.poll(names, SOON).toEqual(["all", "make", "cc", "as"]);
    }),
);

/** Colour of the page's ground, and the picture of the timeline. */
async function colours(page: Page): Promise<string> {
  return String(
    await page.evaluate(`(() => {
      const canvas = document.querySelector("#lanes canvas");
      return getComputedStyle(document.body).backgroundColor.replaceAll(" ", "") + " " + canvas.toDataURL();
    })()`),
  );
}

kernelTest("light and dark are what the system prefers, or what is chosen", CHROMIUM, () =>
  open(
    SAMPLED,
    async (page) => {
      const dark = await colours(page);
      await page.emulateMedia({ colorScheme: "light" });
      await expect.poll(() => colours(page), SOON).not.toBe(dark);
      const light = await colours(page);
      await page.locator("#theme").click();
      await page.locator("#theme").click();
      expect(await page.locator("#theme").textContent()).toBe("Theme: dark");
      await expect.poll(() => colours(page), SOON).toBe(dark);
      expect(light.split(" ")[0]).not.toBe(dark.split(" ")[0]);
    },
    { colorScheme: "dark" },
  ),
);

kernelTest("a phone has room for all of it", CHROMIUM, () =>
  open(
    SAMPLED,
    async (page) => {
      for (const tab of ["timeline", "commands", "slowest", "failed", "path", "flame", "about"]) {
        await page.locator(`#tab-${tab}`).click();
        expect(await page.evaluate("document.documentElement.scrollWidth"), tab).toBe(390);
      }
      await page.locator("#tab-timeline").click();
      expect((await page.locator("#lanes").boundingBox())?.height).toBeGreaterThan(200);
    },
    { viewport: { width: 390, height: 844 } },
  ),
);

kernelTest("a report is never empty, whatever the trace lacks", CHROMIUM, async () => {
  await open([HEADER], async (page) => {
    expect(await page.locator("#panel-timeline").textContent()).toContain("tells of no task");
    expect(await page.locator("#notes-line").textContent()).toContain("no summary");
    for (const tab of ["commands", "slowest", "failed", "path", "about"]) {
      await page.locator(`#tab-${tab}`).click();
      expect((await page.locator(`#panel-${tab}`).textContent())?.trim(), tab).not.toBe("");
    }
  });
  const cut = BUILD.slice(4, 8).map((line) => JSON.stringify(line));
  await open(`${cut.join("\n")}\n{"type":"ex`, async (page) => {
    expect(await page.locator("#title").textContent()).not.toBe("");
    await page.locator("#tab-about").click();
    const about = await page.locator("#panel-about").textContent();
    for (const part of ["no header", "in the middle of a line", "no summary", "beginning of"]) {
      expect(about).toContain(part);
    }
  });
  // A clock that jumps, both ways.
  await open(
    [
      HEADER,
      { type: "init", ...of(10, 9e9) },
      { type: "exit", ...of(10, 5), code: 0 },
      { type: "init", ...of(11, -9e9, 10) },
      { ...delays(11, 5, { wallNs: 0 }), timeNs: at(7) },
    ],
    async (page) => {
      await page.locator("#lanes").focus();
      await page.keyboard.press("ArrowDown");
      expect(await page.locator("#notes-line").textContent()).toContain("no summary");
      expect(await page.locator("#details").isVisible()).toBe(true);
    },
  );
});
