import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as all from "./all.ts";

const manifest = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8"),
) as Manifest;

interface Manifest {
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
}

const topics = Object.values(manifest.exports).filter((topic) => typeof topic === "object");

test.each(topics)("all.ts has what $types declares", async (topic) => {
  expect(topic["default"]).toBe("./dist/all.js");
  const source = topic["@task-watchers/source"] ?? "";
  const url = new URL(`../${source}`, import.meta.url).href;
  const exported = (await import(/* @vite-ignore */ url)) as Record<string, unknown>;
  for (const [name, value] of Object.entries(exported)) {
    expect(all, `${source} has ${name}`).toHaveProperty(name, value);
  }
});
