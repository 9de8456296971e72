import { afterEach, expect, test, vi } from "vitest";
import { reportError } from "./report-error.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

const error = new Error("nobody listens");

test("reportError() prefers console.error, which ends no process", () => {
  const shown = vi.fn();
  const reported = vi.fn();
  vi.stubGlobal("console", { error: shown });
  vi.stubGlobal("reportError", reported);
  reportError(error);
  expect(shown.mock.calls).toEqual([[error]]);
  expect(reported).not.toHaveBeenCalled();
});

test("reportError() uses the host's reportError without a console", () => {
  const reported = vi.fn();
  vi.stubGlobal("console", undefined);
  vi.stubGlobal("reportError", reported);
  reportError(error);
  expect(reported.mock.calls).toEqual([[error]]);
});

test("reportError() does nothing in a bare host, and survives a broken one", () => {
  vi.stubGlobal("console", undefined);
  vi.stubGlobal("reportError", undefined);
  expect(() => reportError(error)).not.toThrow();
  vi.stubGlobal("console", {
    error() {
      throw new Error("no terminal");
    },
  });
  expect(() => reportError(error)).not.toThrow();
});
