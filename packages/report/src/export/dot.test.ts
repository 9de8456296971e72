import { describe, expect, test } from "vitest";
import { of } from "../model/trace-text.fixture.ts";
import { writeDot } from "./dot.ts";
import { buildModel, hostileModel, modelOf, UNSEEN, written } from "./hostile.fixture.ts";

/** A statement of ours: quoted strings in which a quote or a backslash has a backslash before it. */
const STRING = String.raw`"(?:[^"\\]|\\.)*"`;
const STATEMENT = new RegExp(
  String.raw`^  (?:[tg]\d+ \[(?:\w+=(?:${STRING}|\d+)(?:, )?)+\]|[tg]\d+ -> [tg]\d+);$`,
  "u",
);

describe("writeDot()", () => {
  test("draws a node a task and an edge from parent to child", async () => {
    const text = await written(writeDot, await buildModel());
    expect(text).toMatch(/t0 \[label="make -j2\\n10 · /u);
    expect(text).toContain("  t0 -> t1;\n");
    expect(text).toContain("  t1 -> t2;\n");
    expect(text).toMatch(/t1 \[.*SIGSEGV, core dumped.*fillcolor="#fde3e1"/u);
  });

  test("has no statement but ours, whatever tasks are called", async () => {
    const text = await written(writeDot, await hostileModel());
    const statements = text.split("\n").slice(4, -2);
    expect(statements.length).toBeGreaterThan(20);
    expect(statements.filter((line) => !STATEMENT.test(line))).toEqual([]);
    expect(text).not.toMatch(UNSEEN);
  });

  test("draws many leaves that run one program as one node, and the failed among them apart", async () => {
    const children = Array.from({ length: 40 }, (_, i) => [
      { type: "init", ...of(100 + i, 5, 10), parent: "10.100" },
      { type: "exec", ...of(100 + i, 6, 10), argv: ["cc", `${i}.c`] },
      { type: "exit", ...of(100 + i, 9, 10), code: i < 10 ? 1 : 0 },
    ]);
    const root = { type: "init", ...of(10, 0) };
    const text = await written(writeDot, await modelOf([root, ...children.flat()]));
    expect(text).toMatch(/g\d+ \[label="cc\\n30 tasks · 120 ms in all", peripheries=2\]/u);
    expect(text).toMatch(/g\d+ \[label="cc\\n10 tasks · .*fillcolor/u);
    expect(text.match(/ -> /gu)).toHaveLength(2);
  });
});
