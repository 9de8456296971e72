import { describe, expect, test } from "vitest";
import { writeCsv } from "./csv.ts";
import { buildModel, HOSTILE, hostileModel, UNSEEN, written } from "./hostile.fixture.ts";

/** RFC 4180, as a reader has it. */
function parse(text: string, separator = ","): string[][] {
  const rows: string[][] = [[""]];
  let isQuoted = false;
  for (let i = 0; i < text.length; i++) {
    const row = rows.at(-1) ?? [];
    const c = text[i] ?? "";
    if (isQuoted && c === '"' && text[i + 1] === '"') {
      row[row.length - 1] += '"';
      i++;
    } else if (c === '"' && (isQuoted || row.at(-1) === "")) isQuoted = !isQuoted;
    else if (!isQuoted && c === separator) row.push("");
    else if (!isQuoted && c === "\r" && text[i + 1] === "\n") {
      i++;
      if (i + 1 < text.length) rows.push([""]);
    } else row[row.length - 1] += c;
  }
  return rows;
}

describe("writeCsv()", () => {
  test("writes a row a task under its heads", async () => {
    const rows = parse(await written(writeCsv, await buildModel()));
    const [heads = [], ...tasks] = rows;
    const cc = tasks.find((row) => row[heads.indexOf("program")] === "cc");
    const field = (name: string): string | undefined => cc?.[heads.indexOf(name)];
    expect(heads.indexOf("command")).toBeGreaterThan(0);
    expect(field("pid")).toBe("11");
    expect(field("parent")).toBe("10.100");
    expect(field("start_ns")).toBe("10000000");
    expect(field("signal")).toBe("11");
    expect(field("core_dumped")).toBe("1");
    expect(field("command")).toBe(String.raw`cc -c 'it'\''s.c'`);
    expect(field("start_utc")).toMatch(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{6}Z$/u);
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([heads.length]));
  });

  test("gives no cell that a spreadsheet takes for a formula, at commas or at semicolons", async () => {
    const text = await written(writeCsv, await hostileModel());
    for (const separator of [",", ";", "\t"]) {
      const cells = parse(text, separator).flat();
      const formulas = cells.filter((cell) => /^["\s]*[=+\-@\uff1d]/u.test(cell));
      expect(formulas).toEqual([]);
    }
  });

  test("has nothing unseen in it, and as many rows as tasks whatever they are called", async () => {
    const model = await hostileModel();
    const text = await written(writeCsv, model);
    expect(text).not.toMatch(UNSEEN);
    expect(parse(text)).toHaveLength(model.tasks.length + 1);
    expect(model.tasks).toHaveLength(HOSTILE.length + 1);
  });

  test("keeps the words of a name that is only a name", async () => {
    expect(await written(writeCsv, await hostileModel(["日本語 ü"]))).toContain("日本語 ü");
  });
});
