import { expect, test } from "vitest";
import type { ExecFacts } from "./exec-facts.ts";
import { ForetoldFacts } from "./foretold-facts.ts";

const gone = { missing: "ENOENT" };

function facts(name: string): ExecFacts {
  return { source: "proc", argv: [name], exe: gone, cwd: gone, cgroup: gone };
}

test("ForetoldFacts gives each exec's facts once, in any order", () => {
  const foretold = new ForetoldFacts();
  for (const tgid of [3, 2, 1]) {
    foretold.put({ tgid, timeNs: 10n, readNs: 20n, isWatched: false, facts: facts(`${tgid}`) });
  }
  for (const tgid of [2, 1, 3]) expect(foretold.take(tgid, 10n)).toEqual(facts(`${tgid}`));
  expect(foretold.take(2, 10n)).toBeUndefined();
});

test("ForetoldFacts has nothing of an earlier exec, or of a later one, of the same process", () => {
  const foretold = new ForetoldFacts();
  foretold.put({ tgid: 1, timeNs: 10n, readNs: 20n, isWatched: false, facts: facts("a") });
  expect(foretold.take(1, 11n)).toBeUndefined();
  expect(foretold.take(1, 10n)).toEqual(facts("a"));
});

test("ForetoldFacts says that a program was replaced before it was looked at", () => {
  const foretold = new ForetoldFacts();
  foretold.put({ tgid: 1, timeNs: 20n, readNs: 30n, isWatched: false, facts: facts("b") });
  foretold.put({ tgid: 1, timeNs: 10n, readNs: 31n, isWatched: false, facts: facts("b") });
  expect(foretold.take(1, 5n)).toBe("replaced");
  expect(foretold.take(1, 10n)).toBe("replaced");
  expect(foretold.take(1, 20n)).toEqual(facts("b"));
});

test("ForetoldFacts gives the facts of a program that was looked at before the next took its place", () => {
  const foretold = new ForetoldFacts();
  foretold.put({ tgid: 1, timeNs: 10n, readNs: 15n, isWatched: false, facts: facts("a") });
  foretold.put({ tgid: 1, timeNs: 20n, readNs: 25n, isWatched: false, facts: facts("b") });
  expect(foretold.take(1, 10n)).toEqual(facts("a"));
  expect(foretold.take(1, 20n)).toEqual(facts("b"));
});

test("ForetoldFacts lets go in the next turn but one what no event came for", () => {
  const foretold = new ForetoldFacts();
  foretold.put({ tgid: 1, timeNs: 10n, readNs: 11n, isWatched: false, facts: facts("a") });
  foretold.put({ tgid: 2, timeNs: 12n, readNs: 13n, isWatched: false, facts: facts("b") });
  foretold.newTurn();
  foretold.put({ tgid: 3, timeNs: 14n, readNs: 15n, isWatched: false, facts: facts("c") });
  expect(foretold.take(1, 10n)).toEqual(facts("a"));
  foretold.newTurn();
  expect(foretold.take(2, 12n)).toBeUndefined();
  expect(foretold.take(3, 14n)).toEqual(facts("c"));
});

test("ForetoldFacts keeps no more than it has room for", () => {
  const foretold = new ForetoldFacts();
  for (let tgid = 0; tgid < 513; tgid++) {
    foretold.put({ tgid, timeNs: 1n, readNs: 2n, isWatched: false, facts: facts("a") });
  }
  expect(foretold.take(512, 1n)).toBeUndefined();
  expect(foretold.take(511, 1n)).toEqual(facts("a"));
});
