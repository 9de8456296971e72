import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ofTheLiving, readLeaseState, withoutLease, writeLeaseState } from "./lease-state.ts";
import { self } from "./holder.ts";

let folder = "";
let path = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "audit-lease-"));
  path = join(folder, "lease.json");
});

afterEach(() => rmSync(folder, { recursive: true }));

const gone = { pid: process.pid, startTicks: 1 };

test("writeLeaseState() writes for the owner alone, and leaves nothing when nobody holds", () => {
  const state = { holders: [gone, self()], off: { daemon: 7 } };
  writeLeaseState(state, path);
  expect(readLeaseState(path)).toEqual(state);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  writeLeaseState({ holders: [], off: { daemon: 7 } }, path);
  expect(readdirSync(folder)).toEqual([]);
  expect(readLeaseState(path)).toBeUndefined();
});

test("writeLeaseState() goes on where it may not write, or was killed before", () => {
  const state = { holders: [self()] };
  expect(() => writeLeaseState(state, join(folder, "none", "lease.json"))).not.toThrow();
  writeFileSync(`${path}.${process.pid}`, "{");
  writeLeaseState(state, path);
  expect(readLeaseState(path)).toEqual(state);
});

test.each([
  "",
  "null",
  "[]",
  "{}",
  '{"holders":[{"pid":1}]}',
  '{"holders":[],"off":true}',
  '{"holders":[],"off":{"daemon":"1"}}',
])("readLeaseState() takes %j for none", (text) => {
  writeFileSync(path, text);
  expect(readLeaseState(path)).toBeUndefined();
});

test("ofTheLiving() leaves out a holder whose pid another process has by now", () => {
  const off = { daemon: 0 };
  expect(ofTheLiving({ holders: [gone, self()], off })).toEqual({ holders: [self()], off });
});

test("withoutLease() takes away one lease of a holder, not all", () => {
  expect(withoutLease({ holders: [self(), gone, self()] }, self()).holders).toEqual([gone, self()]);
});
