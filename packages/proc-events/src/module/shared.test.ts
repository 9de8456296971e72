import { taskWatchers } from "@task-watchers/chain";
import { expect, test, vi } from "vitest";

test("importing loads one module, and a second copy of the package uses that one", async () => {
  const first = await import("../index.ts");
  vi.resetModules();
  const second = await import("../index.ts");
  expect(second.createProcEvents).not.toBe(first.createProcEvents);
  expect(second.procEvents).toBe(first.procEvents);
  const names = taskWatchers.list().map(({ name }) => name);
  expect(names).toEqual(["proc-events"]);
});
