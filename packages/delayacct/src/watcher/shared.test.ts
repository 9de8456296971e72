import { taskWatchers } from "@task-watchers/chain";
import { expect, test, vi } from "vitest";

test("importing loads one module, and a second copy of the package uses that one", async () => {
  const first = await import("../index.ts");
  vi.resetModules();
  const second = await import("../index.ts");
  expect(second.createDelayacct).not.toBe(first.createDelayacct);
  expect(second.delayacct).toBe(first.delayacct);
  expect(taskWatchers.list()).toMatchObject([{ name: "delayacct", state: "loaded" }]);
});
