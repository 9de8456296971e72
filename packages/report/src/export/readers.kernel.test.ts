// Needs graphviz and chromium; no privilege.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { kernelTest, program } from "@task-watchers/kernel-test";
import { chromium } from "playwright-core";
import { expect } from "vitest";
import { writeDot } from "./dot.ts";
import { buildModel, HOSTILE, hostileModel, written } from "./hostile.fixture.ts";
import { writePerfetto } from "./perfetto.ts";
import { writeSpeedscope } from "./speedscope.ts";

const release = join(
  dirname(createRequire(import.meta.url).resolve("speedscope/package.json")),
  "dist/release",
);

/** The names that speedscope shows once it has opened the file: its tracks when there are several, else its frames. */
async function opened(name: string, content: string): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "speedscope-"));
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
  try {
    const script = join(folder, "profile.js");
    const base64 = Buffer.from(content).toString("base64");
    writeFileSync(script, `speedscope.loadFileFromBase64("${name}", "${base64}")`);
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on("dialog", (dialog) => {
      complaints.push(dialog.message());
      void dialog.dismiss();
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(
      `${pathToFileURL(join(release, "index.html")).href}#localProfilePath=${script}`,
    );
    if (name.includes("speedscope")) await page.getByText("Sandwich").click();
    const rows = page.locator(name.includes("speedscope") ? "table tr" : "tr[title]");
    await rows.first().waitFor({ state: "attached", timeout: 20_000 });
    const names = await rows.evaluateAll((all) =>
      all.map((row) => row.getAttribute("title") ?? row.textContent.trim()),
    );
    expect(complaints).toEqual([]);
    return names;
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
}

kernelTest("graphviz draws each task once, whatever it is called", [program("dot")], async () => {
  const text = await written(writeDot, await hostileModel());
  const svg = execFileSync("dot", ["-Tsvg"], { input: text, encoding: "utf8" });
  expect(svg.match(/<g id="node/gu)).toHaveLength(HOSTILE.length + 1);
  expect(svg.match(/<g id="edge/gu)).toHaveLength(HOSTILE.length);
  expect(svg).not.toContain("<script");
  expect(svg).toContain("&lt;script&gt;alert");
});

kernelTest(
  "an importer of trace events finds a track for each task, whatever it is called",
  [program("chromium")],
  async () => {
    const plain = await opened("a.trace.json", await written(writePerfetto, await buildModel()));
    expect(plain.map((title) => title.replace(/^.*\), /u, ""))).toEqual([
      "make (tid 10)",
      "cc (tid 11)",
      "as (tid 12)",
    ]);
    const hostile = await opened(
      "a.trace.json",
      await written(writePerfetto, await hostileModel()),
    );
    expect(hostile).toHaveLength(HOSTILE.length + 1);
  },
);

kernelTest("speedscope opens its own format", [program("chromium")], async () => {
  const text = await written(writeSpeedscope, await hostileModel(["<script>alert(1)</script>"]));
  const names = await opened("a.speedscope.json", text);
  expect(names.some((row) => row.includes("<script>alert(1)</script>"))).toBe(true);
});
