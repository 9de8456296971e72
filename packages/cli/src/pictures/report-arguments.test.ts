import { expect, test } from "vitest";
import { UsageError } from "../usage-error.ts";
import { parseReportArguments } from "./report-arguments.ts";

test("parseReportArguments() writes beside the trace", () => {
  expect(parseReportArguments(["/tmp/build.jsonl"])).toMatchObject({
    traces: ["/tmp/build.jsonl"],
    html: "/tmp/build.html",
    exports: [],
    compare: false,
  });
  expect(parseReportArguments(["trace"]).html).toBe("trace.html");
  expect(parseReportArguments(["-o", "-", "-"]).html).toBe("-");
});

test("parseReportArguments() makes no HTML when other formats are asked for", () => {
  const both = { html: undefined, exports: [{ format: "csv", path: "a.csv" }] };
  expect(parseReportArguments(["t", "--csv", "a.csv"])).toMatchObject(both);
  expect(parseReportArguments(["t", "--csv", "a.csv", "-o", "x.html"]).html).toBe("x.html");
});

test("parseReportArguments() takes two traces to compare", () => {
  expect(parseReportArguments(["--compare", "a", "b", "--markdown", "-"])).toMatchObject({
    traces: ["a", "b"],
    compare: true,
    html: undefined,
    exports: [{ format: "markdown", path: "-" }],
  });
});

test("parseReportArguments() refuses what makes no sense, and says what would", () => {
  const wrong: readonly (readonly [string[], RegExp])[] = [
    [[], /say which trace/u],
    [["a", "b"], /--compare/u],
    [["--compare", "a"], /two traces, got 1/u],
    [["--compare", "-", "-"], /not both/u],
    [["--compare", "a", "b", "--csv", "x"], /--csv does not go with --compare/u],
    [["--compare", "a", "b", "-o", "x"], /--output does not go with --compare/u],
    [["--json", "a"], /goes with --compare/u],
    [["-"], /needs --output/u],
    [["a", "-o", ""], /needs a file name/u],
    [[""], /needs a file name/u],
    [["a", "-o", "x", "--csv", "x"], /both name "x"/u],
  ];
  for (const [args, message] of wrong) {
    expect(() => parseReportArguments(args), args.join(" ")).toThrow(message);
    expect(() => parseReportArguments(args)).toThrow(UsageError);
  }
});
