import { taskWatchers } from "@task-watchers/chain";
import { expect, test, vi } from "vitest";

test("importing loads one module, and a second copy of the package uses that one", async () => {
  const first = await import("../index.ts");
  vi.resetModules();
  const second = await import("../index.ts");
  expect(second.createProfile).not.toBe(first.createProfile);
  expect(second.profile).toBe(first.profile);
  expect(taskWatchers.list()).toMatchObject([{ name: "profile", state: "loaded" }]);
});
