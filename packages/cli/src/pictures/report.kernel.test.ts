// Needs of the kernel: the process events connector; root for samples and accounting; make, a C compiler and chromium.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  compiler,
  initialNamespaces,
  kernel,
  kernelTest,
  program,
  root,
} from "@task-watchers/kernel-test";
import { chromium } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installedMainWithPage } from "./installed-page.fixture.ts";

const BUILD_NEEDS = [kernel("6.6"), initialNamespaces, compiler, program("make"), program("cc")];

/** Four sources that take a while to compile, and a rule that fails. */
const MAKEFILE = `OBJECTS = a.o b.o c.o d.o
all: $(OBJECTS)
\t$(CC) -shared -o lib.so $(OBJECTS)
%.o: %.c
\t$(CC) -O1 -fPIC -c -o $@ $<
broken:
\tsh -c 'exit 3'
`;
const SOURCE = `#include <stdio.h>
#include <stdlib.h>
int NAME(int n) { int sum = 0; for (int i = 0; i < n; i++) sum += printf("%d", i); return sum; }
`;

let main = "";
let folder = "";

beforeAll(() => {
  main = installedMainWithPage();
  folder = mkdtempSync(join(tmpdir(), "report-"));
});

afterAll(() => rmSync(folder, { recursive: true }));

function taskWatchers(...args: string[]): {
  status: number | null;
  stdout: string;
  stderr: string;
} {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
    timeout: 60_000,
  });
  return { status, stdout, stderr };
}

/** Builds the sources in parallel, and leaves the trace of it. */
function traceBuild(): void {
  writeFileSync(join(folder, "Makefile"), MAKEFILE);
  for (const name of ["a", "b", "c", "d"]) {
    writeFileSync(join(folder, `${name}.c`), SOURCE.replace("NAME", name));
  }
  const watchers = ["--with", "delayacct", "--with", "profile"];
  const made = taskWatchers(
    "run",
    "-q",
    ...watchers,
    "--json",
    "build.jsonl",
    "--",
    "make",
    "-B",
    "-k",
    "-j4",
    "all",
    "broken",
  );
  // make's own for a rule that failed.
  expect(made.status, made.stderr).toBe(2);
}

kernelTest(
  "the report of a parallel C build opens, and can be searched, zoomed and clicked",
  [...BUILD_NEEDS, root, program("chromium")],
  async () => {
    traceBuild();
    const made = taskWatchers("report", "build.jsonl");
    expect(made).toMatchObject({ status: 0, stdout: "" });
    expect(made.stderr).toMatch(/^build\.html: \d+ tasks, \d+ KiB\n/u);
    const browser = await chromium.launch({
      executablePath: "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
    });
    try {
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
      const complaints: string[] = [];
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(String(error)));
      await page.goto(pathToFileURL(join(folder, "build.html")).href);
      await page.locator("body[data-ready]").waitFor();
      expect(await page.locator("#title").textContent()).toBe("make -B -k -j4 all broken");
      expect(await page.locator("#subtitle").textContent()).toContain("exit code 2");
      await page.locator("#tab-commands").click();
      const programs = await page
        .locator("#panel-commands tbody tr td:first-child")
        .allTextContents();
      expect(programs).toContain("make");
      await page.locator("#tab-failed").click();
      expect(await page.locator("#panel-failed tbody tr").count()).toBeGreaterThanOrEqual(2);
      await page.locator("#tab-path").click();
      expect(await page.locator("#panel-path tbody tr").count()).toBeGreaterThan(2);
      await page.locator("#tab-flame").click();
      await page.locator('g.frame[name="make"]').waitFor();
      await page.locator("#tab-timeline").click();
      await page.locator("#search").fill("make");
      expect(await page.locator("#found").textContent()).toMatch(/task/u);
      await page.locator("#lanes").focus();
      await page.keyboard.press("ArrowDown");
      expect(await page.locator("#details h2").textContent()).toBe("make");
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("+");
      await page.locator(".curve .window").waitFor();
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  },
);

test("a report is refused before anything is written, with what would be right", () => {
  writeFileSync(join(folder, "package.json"), '{"type":"module"}\n');
  writeFileSync(join(folder, "empty.jsonl"), "");
  const before = readdirSync(folder);
  const wrong: readonly (readonly [string[], RegExp])[] = [
    [["nowhere.jsonl"], /cannot read "nowhere\.jsonl": ENOENT/u],
    [["."], /it is a directory/u],
    [["package.json"], /"package\.json": this is no trace: .*"module"/u],
    [["empty.jsonl"], /the trace is empty/u],
    [["package.json", "-o", "none/x.html"], /its folder does not exist/u],
    [["package.json", "-o", "./package.json"], /is the trace itself/u],
  ];
  for (const [args, message] of wrong) {
    const { status, stderr } = taskWatchers("report", ...args);
    expect(status, args.join(" ")).toBe(125);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain("    at ");
  }
  expect(readdirSync(folder)).toEqual(before);
});

test("a trace from standard input becomes a report on standard output", () => {
  const header = { type: "header", schema: 1, clock: { startNs: "5" }, command: ["true"] };
  const { status, stdout } = spawnSync(process.execPath, [main, "report", "-", "-o", "-"], {
    input: `${JSON.stringify(header)}\n`,
    encoding: "utf8",
  });
  expect(status).toBe(0);
  expect(stdout).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/u);
});

test("a trace that was cut off is reported, and the report says so", () => {
  const header = { type: "header", schema: 1, clock: { startNs: "5" }, command: ["true"] };
  writeFileSync(join(folder, "cut.jsonl"), `${JSON.stringify(header)}\n{"type":"in`);
  const { status, stderr } = taskWatchers("report", "cut.jsonl");
  expect(status).toBe(0);
  expect(stderr).toContain("note: The trace was cut off in the middle of a line");
  expect(readFileSync(join(folder, "cut.html"), "utf8")).toContain("<!doctype html>");
});
