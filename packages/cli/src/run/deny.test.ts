import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExecEvent, Task } from "@task-watchers/chain";
import { afterAll, expect, test } from "vitest";
import { denyWatcher } from "./deny-watcher.ts";
import { DenyList } from "./deny.ts";

const dir = realpathSync(mkdtempSync(join(tmpdir(), "deny-")));
afterAll(() => rmSync(dir, { recursive: true }));
writeFileSync(join(dir, "curl"), "");
symlinkSync("curl", join(dir, "fetch"));

test("DenyList takes a pattern without a slash for a name, wherever the file is", () => {
  const list = new DenyList(["curl", "wget*"]);
  expect(list.denies("/usr/bin/curl")).toBe(true);
  expect(list.denies("/opt/wget2")).toBe(true);
  expect(list.denies("/usr/bin/curlew")).toBe(false);
  expect(list.denies("/curl/x")).toBe(false);
});

test("DenyList takes a pattern with a slash for a whole path, and a relative one from here", () => {
  expect(new DenyList(["/usr/bin/*"]).denies("/usr/bin/curl")).toBe(true);
  expect(new DenyList(["/usr/bin/*"]).denies("/usr/local/bin/curl")).toBe(false);
  expect(new DenyList(["**/bin/curl"]).denies("/usr/local/bin/curl")).toBe(true);
  expect(new DenyList(["./tool"]).denies(join(process.cwd(), "tool"))).toBe(true);
});

test("DenyList follows symbolic links", () => {
  expect(new DenyList(["curl"]).denies(join(dir, "fetch"))).toBe(true);
  expect(new DenyList([join(dir, "curl")]).denies(join(dir, "fetch"))).toBe(true);
  expect(new DenyList(["fetch"]).denies(join(dir, "fetch"))).toBe(true);
  expect(new DenyList(["fetch"]).denies(join(dir, "curl"))).toBe(false);
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
