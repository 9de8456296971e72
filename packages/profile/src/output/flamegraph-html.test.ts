import * as fc from "fast-check";
import { expect, test } from "vitest";
import { embeddedJson, flamegraphData } from "./flamegraph-data.ts";
import { toFlamegraphHtml } from "./flamegraph-html.ts";
import { anyProfile, exampleProfile, weightsByTask } from "./profile.fixture.ts";

test("embeddedJson() holds no character that ends a script or a line, and nothing is lost", () => {
  const text = "</script><!-- \u2028\u2029 & \ud800";
  expect(embeddedJson(text)).toBe(
    String.raw`"\u003c/script\u003e\u003c!-- \u2028\u2029 \u0026 \ud800"`,
  );
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(embeddedJson(text)).not.toMatch(/[<>&\u2028\u2029]/u);
      expect(JSON.parse(embeddedJson(text))).toBe(text);
    }),
  );
});

test("flamegraphData() keeps the weight of every task", () => {
  fc.assert(
    fc.property(anyProfile, (profile) => {
      const { weights } = flamegraphData(profile, "");
      const found = profile.tasks.map((_, i) =>
        weights.reduce((sum, [task, , , ns]) => (task === i ? sum + ns : sum), 0),
      );
      expect(found).toEqual(weightsByTask(profile));
    }),
  );
});

test("toFlamegraphHtml() makes a page of its own that asks nobody for anything", () => {
  const html = toFlamegraphHtml(exampleProfile());
  expect(html).toContain("default-src 'none'");
  expect(html).not.toMatch(/<(?:script|link|img)[^>]+(?:src|href)="(?!data:)/u);
  expect(html.length).toBeLessThan(200_000);
});
