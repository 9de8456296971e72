import { expect, test } from "vitest";
import type { AuditFacts } from "../facts/audit-facts.ts";
import { ExecSearch } from "./exec-search.ts";
import { callAt, DENIED_EXEC, EXEC, FAILED_EXEC } from "./told.fixture.ts";

/** `-/bin/ls` was not there, `!/bin/ls` denied, `+/bin/ls ls` ran with that argument 0; `setuid` is no exec. */
function failed(...attempts: readonly string[]): (string | undefined)[] {
  const names: (string | undefined)[] = [];
  const search = new ExecSearch(({ name }) => void names.push(name));
  for (const attempt of attempts) search.take(factsAt(attempt), true);
  search.end();
  return names;
}

function factsAt(attempt: string): AuditFacts {
  const [what, argument] = attempt.slice(1).split(" ");
  const argv = argument === undefined ? {} : { argv: [argument] };
  if (attempt.startsWith("-")) return callAt(100, 5, FAILED_EXEC, what).facts;
  if (attempt.startsWith("!")) return callAt(100, 5, DENIED_EXEC, what).facts;
  if (attempt.startsWith("+")) return { ...callAt(100, 5, EXEC, what).facts, ...argv };
  return callAt(100, 5, "syscall=105 success=yes").facts;
}

test.each([
  ["a search that found it", ["-/usr/local/bin/ls", "-/usr/bin/ls", "+/bin/ls ls"], []],
  ["a search along a PATH with a directory twice", ["-/a/ls", "-/a/ls", "+/bin/ls ls"], []],
  ["a search that found a script", ["-/usr/bin/npm", "+/opt/npm /usr/bin/env"], []],
  ["a search that found nothing", ["-/usr/bin/x", "-/bin/x"], ["/usr/bin/x", "/bin/x"]],
  ["a path, and then another one", ["-/nosuch/true", "+/bin/true /bin/true"], ["/nosuch/true"]],
  ["another program", ["-/nosuch/a", "+/bin/b b"], ["/nosuch/a"]],
  ["another program between", ["-/nosuch/a", "+/bin/b b", "+/bin/a a"], ["/nosuch/a"]],
  ["another call between", ["-/nosuch/a", "setuid", "+/bin/a a"], ["/nosuch/a"]],
  ["the same path again", ["-/bin/a", "+/bin/a a"], ["/bin/a"]],
  ["a search that was denied on its way", ["!/root/ls", "+/bin/ls ls"], ["/root/ls"]],
] as const)("ExecSearch tells what failed of %s", (_, attempts, wanted) => {
  expect(failed(...attempts)).toEqual(wanted);
});

test("ExecSearch takes more attempts than a PATH has directories for failures", () => {
  const attempts = Array.from({ length: 70 }, (_, i) => `-/${i}/a`);
  expect(failed(...attempts, "+/bin/a a")).toHaveLength(65);
});
