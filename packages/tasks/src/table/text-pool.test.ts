import { expect, test } from "vitest";
import { TextPool } from "./text-pool.ts";

test("gives back what it was given, however much that is", () => {
  const pool = new TextPool();
  for (const text of ["", "/", "/usr/bin/cc1", "x".repeat(10_000), "\udcff"]) {
    expect(pool.get(text)).toBe(text);
    expect(pool.get(text)).toBe(text);
  }
  for (let i = 0; i < 3000; i++) expect(pool.get(`/${i}`)).toBe(`/${i}`);
});
