import { afterEach, describe, expect, test, vi } from "vitest";
import { WatcherError, WatcherErrorSinks } from "./watcher-error.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

test("WatcherError says who failed, at what, on which task, and why", () => {
  const cause = new Error("disk full");
  const error = new WatcherError("log", "exec", "42.100", cause);
  expect(error).toMatchObject({
    name: "WatcherError",
    message: 'watcher "log" failed at exec of task 42.100: disk full',
    watcher: "log",
    event: "exec",
    taskId: "42.100",
    cause,
  });
  expect(new WatcherError("log", "free", "1.1", "thrown text").message).toBe(
    'watcher "log" failed at free of task 1.1: thrown text',
  );
});

describe("WatcherErrorSinks", () => {
  const error = new WatcherError("log", "exec", "42.100", new Error("disk full"));

  test("shows an error on the console while there is no sink", () => {
    const shown = vi.fn();
    vi.stubGlobal("console", { error: shown });
    const sinks = new WatcherErrorSinks();
    sinks.report(error);
    const undo = sinks.add(() => {});
    sinks.report(error);
    undo();
    undo();
    sinks.report(error);
    expect(shown.mock.calls).toEqual([[error], [error]]);
  });

  test("tells every sink, although one throws and one rejects, whose errors are shown", async () => {
    const shown = vi.fn();
    vi.stubGlobal("console", { error: shown });
    const heard: unknown[] = [];
    const sinks = new WatcherErrorSinks();
    sinks.add(() => {
      throw new Error("sink failed");
    });
    sinks.add(async () => {
      throw new Error("sink rejected");
    });
    sinks.add((report) => heard.push(report));
    sinks.report(error);
    await new Promise<void>((resolve) => {
      setTimeout(resolve, 0);
    });
    expect(heard).toEqual([error]);
    expect(shown.mock.calls).toEqual([
      [new Error("sink failed")],
      [error],
      [new Error("sink rejected")],
    ]);
  });

  test("refuses a sink twice, and what is no function", () => {
    const sinks = new WatcherErrorSinks();
    const sink = (): void => {};
    sinks.add(sink);
    expect(() => sinks.add(sink)).toThrow("EEXIST: this error sink is attached already");
    expect(() => sinks.add("stderr" as never)).toThrow(
      new TypeError("an error sink must be a function, got string"),
    );
  });
});
