import { expect, test } from "vitest";
import { checkFilter } from "./check-filter.ts";
import { filterFromJson, filterToJson } from "./filter-json.ts";
import type { ProcEventFilter } from "./filter.ts";

const WRONG: ReadonlyArray<[filter: unknown, message: string]> = [
  [null, "a filter must be an object, got null"],
  [{ user: 0 }, 'a filter has no "user", it may have kinds, pid, uid, command, cgroup, failed'],
  [{ kinds: "exit" }, 'kinds must be a list of kinds, got "exit"'],
  [{ kinds: ["clone"] }, "kinds must be among fork, exec, uid, gid, sid, ptrace, comm"],
  [{ kinds: [] }, "kinds must not be an empty list: leave it out for all"],
  [{ pid: 0 }, "pid must be a whole number from 1 to 4194304, got 0"],
  [{ pid: [1, 2.5] }, "pid must be a whole number from 1 to 4194304, got 2.5"],
  [{ pid: "1" }, 'pid must be a number, got "1"'],
  [{ uid: 4_294_967_295 }, "uid must be a whole number from 0 to 4294967294, got 4294967295"],
  [{ uid: [] }, "uid must not be an empty list"],
  [{ command: "" }, 'command must be the name of a program, got ""'],
  [{ command: [5] }, "command must be text or a RegExp, got 5"],
  [
    { cgroup: "system.slice" },
    'cgroup must begin with "/", such as "/system.slice", got "system.slice"',
  ],
  [{ minDurationMs: -1 }, "minDurationMs must be 0 or more milliseconds, got -1"],
  [{ minDurationMs: Infinity }, "minDurationMs must be 0 or more milliseconds, got Infinity"],
  [{ failed: "yes" }, 'failed must be true or false, got "yes"'],
  [{ failed: true, kinds: ["exec"] }, 'failed lets only exits through: kinds must hold "exit"'],
  [{ minDurationMs: 5, kinds: ["exec"] }, "minDurationMs lets only exits through"],
  [{ existing: true, kinds: ["exit"] }, 'existing tasks come as forks: kinds must hold "fork"'],
];

test.each(WRONG)("checkFilter() refuses %o", (filter, message) => {
  expect(() => checkFilter(filter as ProcEventFilter)).toThrow(message);
});

test("checkFilter() takes what makes sense", () => {
  checkFilter({});
  checkFilter({ kinds: ["exit", "comm"], failed: true, uid: [0, 4_294_967_294] });
  checkFilter({ pid: [1, 2], command: [/x/u, "make"], cgroup: "/", minDurationMs: 0 });
});

test("filterToJson() and filterFromJson() go both ways", () => {
  const filter = { kinds: ["exit"], pid: [5], command: ["make", "cc"], failed: true } as const;
  expect(filterFromJson(JSON.parse(JSON.stringify(filterToJson(filter))))).toEqual(filter);
});

test("filterToJson() refuses a RegExp, filterFromJson() whatever is no filter", () => {
  expect(() => filterToJson({ command: ["make", /cc/u] })).toThrow(
    "command must be text here, got the RegExp /cc/u",
  );
  for (const json of [null, 5, [], { command: {} }, { pid: null }, JSON.parse('{"__proto__":1}')]) {
    expect(() => filterFromJson(json)).toThrow(TypeError);
  }
});
