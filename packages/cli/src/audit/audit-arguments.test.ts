import { expect, test } from "vitest";
import { parseAuditArguments } from "./audit-arguments.ts";

test("parseAuditArguments() reads standard input unless files are named, in their order", () => {
  expect(parseAuditArguments([])).toMatchObject({ files: ["-"], form: "text", quiet: false });
  expect(parseAuditArguments(["b", "--json", "a"])).toMatchObject({
    files: ["b", "a"],
    form: "json",
  });
});

test("parseAuditArguments() takes filters by commas or by being given again", () => {
  const { filter } = parseAuditArguments([
    ...["--pid", "1,2", "-p", "3", "-u", "root", "--type", "execve", "-k", "a,b", "-f"],
  ]);
  expect(filter).toMatchObject({
    pids: [1, 2, 3],
    uids: [0],
    types: ["EXECVE"],
    keys: ["a", "b"],
    success: false,
  });
});

test("parseAuditArguments() takes types and system calls by name or by number", () => {
  const { filter } = parseAuditArguments([
    ...["-m", "1327,avc,UNKNOWN[1399]", "--syscall", "59,execve,socketcall,fstatat64"],
  ]);
  expect(filter.types).toEqual(["PROCTITLE", "AVC", "UNKNOWN[1399]"]);
  expect(filter.syscalls).toEqual(["59", "execve", "socketcall", "fstatat64"]);
});

test("parseAuditArguments() takes moments, and how long ago", () => {
  const { filter } = parseAuditArguments(
    ["--since", "10m", "--until", "2026-11-23T08:00:00Z"],
    1_000_000,
  );
  expect(filter.sinceMs).toBe(400_000);
  expect(filter.untilMs).toBe(Date.UTC(2026, 10, 23, 8));
});

test("parseAuditArguments() names what is wrong and what would be right", () => {
  const refusal =
    (...args: string[]) =>
    () =>
      parseAuditArguments(args);
  expect(refusal("--json", "--raw")).toThrow(/one of --json and --raw/u);
  expect(refusal("--since", "yesterday")).toThrow('got "yesterday"');
  expect(refusal("--pid", "x")).toThrow('--pid must be a whole number, got "x"');
  expect(refusal("--success", "maybe")).toThrow('--success must be yes or no, got "maybe"');
  expect(refusal("-u", "nosuchuser")).toThrow(/no user "nosuchuser"/u);
  expect(refusal("-m", "NOSUCH")).toThrow(/--type .* EXECVE or 1309, got "NOSUCH"/u);
  expect(refusal("--syscall", "nosuch")).toThrow(/--syscall .* execve or 59, got "nosuch"/u);
  expect(refusal("--frobnicate")).toThrow(/--frobnicate/u);
});
