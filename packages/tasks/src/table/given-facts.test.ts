import { expect, test } from "vitest";
import type { SourceFacts } from "./exec-facts.ts";
import { GivenFacts } from "./given-facts.ts";

const [a, b, c] = ["a", "b", "c"].map((exe): SourceFacts => ({ source: "bpf", exe })) as [
  SourceFacts,
  SourceFacts,
  SourceFacts,
];

test("GivenFacts keeps the facts of any number of processes, the latest of each", () => {
  const given = new GivenFacts();
  given.put(1, a);
  given.put(2, b);
  given.put(1, c);
  expect([given.get(1), given.get(2), given.get(3)]).toEqual([c, b, undefined]);
});

test("GivenFacts forgets one and keeps the others", () => {
  const given = new GivenFacts();
  for (const [tgid, facts] of [a, b, c].entries()) given.put(tgid, facts);
  given.delete(2);
  given.delete(0);
  given.delete(7);
  expect([given.get(0), given.get(1), given.get(2)]).toEqual([undefined, b, undefined]);
  given.put(2, a);
  given.put(2, b);
  given.delete(2);
  expect(given.get(2)).toBeUndefined();
});
