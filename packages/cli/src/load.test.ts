import { expect, test } from "vitest";
import { load } from "./load.ts";
import * as usageError from "./usage-error.ts";

test("load() gives the very module that import gives", async () => {
  const { UsageError } = await load<typeof usageError>("./usage-error.ts");
  expect(UsageError).toBe(usageError.UsageError);
});

test("load() fails as import does where there is no such module", async () => {
  await expect(load("./no-such-file.ts")).rejects.toThrow("no-such-file");
});
