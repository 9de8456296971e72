// Needs chromium; no privilege.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { kernelTest, program } from "@task-watchers/kernel-test";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import type { CpuProfile } from "../profile/cpu-profile.ts";
import { withPage } from "./chromium.fixture.ts";
import { toFolded } from "./folded.ts";
import { toPprof } from "./pprof.ts";
import { emptyProfile, exampleProfile, frameNamed, HOSTILE_NAMES } from "./profile.fixture.ts";
import { toSpeedscope } from "./speedscope.ts";
import { toTraceEvents } from "./trace-events.ts";

const release = join(
  dirname(createRequire(import.meta.url).resolve("speedscope/package.json")),
  "dist/release",
);

/** Opens a file in speedscope itself, as its command does: by a script that hands it over. */
async function open(
  name: string,
  content: string | Uint8Array,
  body: (page: Page) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "speedscope-"));
  try {
    const script = join(folder, "profile.js");
    const base64 = Buffer.from(content).toString("base64");
    writeFileSync(script, `speedscope.loadFileFromBase64("${name}", "${base64}")`);
    await withPage(async (page) => {
      const complaints: string[] = [];
      page.on("dialog", (dialog) => {
        complaints.push(dialog.message());
        void dialog.dismiss();
      });
      page.on("pageerror", (error) => complaints.push(String(error)));
      await page.goto(
        `${pathToFileURL(join(release, "index.html")).href}#localProfilePath=${script}`,
      );
      await body(page);
      expect(complaints).toEqual([]);
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What the table of functions says: name, then total and self as shown. */
async function functions(page: Page): Promise<string[][]> {
  await page.getByText("Sandwich").click();
  const rows = page.locator("table tr");
  await rows.nth(1).waitFor();
  const texts = await rows.evaluateAll((all) =>
    all.map((row) => [...row.children].map((cell) => cell.textContent.trim())),
  );
  return texts.slice(1).map(([total = "", self = "", name = ""]) => [name, total, self]);
}

kernelTest(
  "speedscope reads its own format, pprof and folded stacks, and agrees on every function",
  [program("chromium")],
  async () => {
    const profile = exampleProfile();
    const inTime = [
      ["idle()", "10.00ms (10%)", "10.00ms (10%)"],
      ["main", "100.00ms (100%)", "0.00ns (<0.01%)"],
      ["schedule", "20.00ms (20%)", "20.00ms (20%)"],
      ["script", "10.00ms (10%)", "10.00ms (10%)"],
      ["work", "80.00ms (80%)", "60.00ms (60%)"],
    ];
    await open("a.speedscope.json", toSpeedscope(profile), async (page) => {
      expect((await functions(page)).sort()).toEqual(inTime);
    });
    await open("a.pb.gz", toPprof(profile), async (page) => {
      expect((await functions(page)).sort()).toEqual(inTime);
    });
    await open("a.folded", toFolded(profile), async (page) => {
      const rows = (await functions(page)).sort();
      expect(rows[4]).toEqual(["work", "80,000,000 (80%)", "60,000,000 (60%)"]);
      expect(rows.map(([name]) => name)).toEqual(inTime.map(([name]) => name));
    });
  },
);

kernelTest(
  "speedscope finds a track for each task among the trace events",
  [program("chromium")],
  () =>
    open("a.trace.json", toTraceEvents(exampleProfile()), async (page) => {
      const tracks = page.locator("tr[title]");
      await expect
        .poll(() => tracks.evaluateAll((all) => all.map((row) => row.getAttribute("title"))), {
          timeout: 20_000,
        })
        .toEqual([
          "make (pid 10), make 10 (tid 10)",
          "cc (pid 11), cc 11 (tid 11)",
          "cc (pid 11), cc 12 (tid 12)",
        ]);
    }),
);

kernelTest(
  "speedscope opens hostile names and a profile of no samples",
  [program("chromium")],
  async () => {
    const first = exampleProfile().samples[0];
    if (first === undefined) throw new Error("the example has samples");
    const hostile: CpuProfile = exampleProfile({
      frames: HOSTILE_NAMES.map((name) => frameNamed(name)),
      stacks: HOSTILE_NAMES.map((_, i) => [i]),
      samples: HOSTILE_NAMES.map((_, i) => ({ ...first, stack: i })),
    });
    await open("a.speedscope.json", toSpeedscope(hostile), async (page) => {
      const names = (await functions(page)).map(([name]) => name);
      expect(names).toContain("<script>window.hacked=1</script>");
      expect(names).toContain("__proto__");
      expect(await page.evaluate("window.hacked")).toBeUndefined();
    });
    await open("a.speedscope.json", toSpeedscope(emptyProfile()), async (page) => {
      await page.getByText("no samples").first().waitFor();
    });
  },
);
