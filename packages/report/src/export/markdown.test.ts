import { describe, expect, test } from "vitest";
import { of } from "../model/trace-text.fixture.ts";
import { buildModel, hostileModel, modelOf, UNSEEN, written } from "./hostile.fixture.ts";
import { writeMarkdown } from "./markdown.ts";

const BAR = /^ {4}\d+ [\p{L}\p{N} ._/+…-]* :(?:done|crit|active), \d+, \d+$/u;
/** What is outside of ours: words, entities, `<code>`, and the signs of the document itself. */
const OURS = /<\/?code>|&#\d+;|[\p{L}\p{N}\p{M}\s|.,/·µ→…%#*>:-]/gu;

function chart(text: string): string[] {
  const [, body = ""] = /```mermaid\n([^`]*)```/u.exec(text) ?? [];
  return body.trimEnd().split("\n");
}

describe("writeMarkdown()", () => {
  test("tells what failed, what was slow and what ran", async () => {
    const text = await written(writeMarkdown, await buildModel());
    expect(text).toMatch(/^## <code>make -j2<\/code>\n\n\*\*3 tasks\*\* · \*\*2 failed\*\*/u);
    expect(text).toContain("SIGSEGV, core dumped");
    expect(text).toMatch(/\| <code>cc<\/code> \| 1 \| 1 \| 890 ms \|/u);
    expect(chart(text)).toContain("    11 cc -c it_s.c :crit, 10, 900");
  });

  test("takes for the slowest who was slow itself, not who waited for it", async () => {
    const lines = [
      { type: "init", ...of(10, 0) },
      { type: "exec", ...of(10, 1), argv: ["sh"] },
      { type: "init", ...of(11, 10, 10), parent: "10.100" },
      { type: "exec", ...of(11, 11, 10), argv: ["slow"] },
      { type: "exit", ...of(11, 900, 10), code: 0 },
      { type: "exit", ...of(10, 910), code: 0 },
    ];
    const text = await written(writeMarkdown, await modelOf(lines));
    expect(text).toMatch(
      /\| <code>slow<\/code> \| 890 ms \|[^\n]*\n\| <code>sh<\/code> \| 20\.0 ms/u,
    );
  });

  test("has no syntax but its own, whatever tasks are called", async () => {
    const text = await written(writeMarkdown, await hostileModel());
    expect(text).not.toMatch(UNSEEN);
    const outside = text.replace(/```mermaid\n[^`]*```/u, "");
    expect(outside.replace(OURS, "")).toBe("");
    const cells = outside.split("\n").filter((line) => line.startsWith("| <code>"));
    // Three tables: of failed ones, of slow ones, of programs.
    const counts = new Set(cells.map((line) => line.split("|").length));
    expect([...counts].sort((a, b) => a - b)).toEqual([6, 7, 10]);
  });

  test("has no line in the chart that mermaid would not take for a bar", async () => {
    const [kind, format, axis, section, ...bars] = chart(
      await written(writeMarkdown, await hostileModel()),
    );
    expect([kind, format]).toEqual(["gantt", "    dateFormat x"]);
    expect(axis).toBe("    axisFormat %S.%L s");
    expect(section).toBe("    section Slowest");
    expect(bars).toHaveLength(15);
    expect(bars.filter((line) => !BAR.test(line))).toEqual([]);
  });

  test("says of a trace without tasks that it has none", async () => {
    const text = await written(writeMarkdown, await modelOf([{ type: "header", schema: 1 }]));
    expect(text).toContain("**0 tasks**");
    expect(text).toContain("The trace tells of no task.");
  });
});
