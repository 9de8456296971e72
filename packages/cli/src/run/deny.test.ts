import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExecEvent, Task } from "@task-watchers/chain";
import { afterAll, expect, test } from "vitest";
import { denyWatcher } from "./deny-watcher.ts";
import { DenyList } from "./deny.ts";
import { denies } from "./deny-watcher.ts";

const dir = realpathSync(mkdtempSync(join(tmpdir(), "deny-")));
afterAll(() => rmSync(dir, { recursive: true }));
writeFileSync(join(dir, "curl"), "");
symlinkSync("curl", join(dir, "fetch"));

test("DenyList takes a pattern without a slash for a name, wherever the file is", () => {
  const list = new DenyList(["curl", "wget*"]);
  expect(denies(list, "/usr/bin/curl")).toBe(true);
  expect(denies(list, "/opt/wget2")).toBe(true);
  expect(denies(list, "/usr/bin/curlew")).toBe(false);
  expect(denies(list, "/curl/x")).toBe(false);
});

test("DenyList takes a pattern with a slash for a whole path, and a relative one from here", () => {
  expect(denies(new DenyList(["/usr/bin/*"]), "/usr/bin/curl")).toBe(true);
  expect(denies(new DenyList(["/usr/bin/*"]), "/usr/local/bin/curl")).toBe(false);
  expect(denies(new DenyList(["**/bin/curl"]), "/usr/local/bin/curl")).toBe(true);
  expect(denies(new DenyList(["./tool"]), join(process.cwd(), "tool"))).toBe(true);
});

test("DenyList follows symbolic links", () => {
  expect(denies(new DenyList(["curl"]), join(dir, "fetch"))).toBe(true);
  expect(denies(new DenyList([join(dir, "curl")]), join(dir, "fetch"))).toBe(true);
  expect(denies(new DenyList(["fetch"]), join(dir, "fetch"))).toBe(true);
  expect(denies(new DenyList(["fetch"]), join(dir, "curl"))).toBe(false);
});

test("DenyList says which pattern is none", () => {
  expect(() => new DenyList(["a", "[z-a]"])).toThrow('got "[z-a]"');
  expect(() => new DenyList([""])).toThrow("--deny needs a pattern");
});

test("The watcher of a DenyList refuses stopped execs only, with EACCES", () => {
  const watcher = denyWatcher(new DenyList(["curl"]));
  const event = {
    ...{ type: "exec", timeNs: 0n, argv: ["curl"], cwd: "/", cgroup: "/" },
    exe: "/usr/bin/curl",
  } as ExecEvent;
  const task = {} as Task;
  expect(watcher.exec?.(event, task)).toBeUndefined();
  expect(watcher.exec?.({ ...event, stopped: true }, task)).toBe(0x8000 | (1 + 13));
  const other = { ...event, stopped: true, exe: { missing: "EPERM" } } as const;
  expect(watcher.exec?.(other, task)).toBeUndefined();
});
