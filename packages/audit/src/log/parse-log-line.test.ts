import { describe, expect, test } from "vitest";
import { parseLogLine } from "./parse-log-line.ts";

const stamp = { seconds: 1, milliseconds: 0, serial: 2 };

describe("parseLogLine()", () => {
  test.each([
    ["as auditd writes it", 'type=CWD msg=audit(1.000:2): cwd="/"', {}],
    ["of another host", 'node=a.b type=CWD msg=audit(1.000:2): cwd="/"', { node: "a.b" }],
    [
      "with its interpretation",
      'type=CWD msg=audit(1.000:2): cwd="/"\u001dX="y"',
      { enriched: 'X="y"' },
    ],
    ["by its number", 'type=1307 audit(1.000:2): cwd="/"', {}],
    ["of a type without a name", 'type=UNKNOWN[1307] msg=audit(1.000:2): cwd="/"', {}],
  ])("reads a record %s", (_, line, more) => {
    expect(parseLogLine(line)).toEqual({ type: 1307, stamp, body: 'cwd="/"', ...more });
  });

  test("splits at the first separator only", () => {
    expect(parseLogLine("type=CWD msg=audit(1.000:2): a\u001db\u001dc")).toMatchObject({
      body: "a",
      enriched: "b\u001dc",
    });
  });

  test.each([
    "",
    "junk",
    "type=CWD",
    "type=CWD msg=",
    "type=NOSUCH msg=audit(1.000:2): x",
    "type=UNKNOWN[70000] msg=audit(1.000:2): x",
    "node= type=CWD msg=audit(1.000:2): x",
    "xtype=CWD msg=audit(1.000:2): x",
    "type=CWD msg=audit(1.000): x",
    "type=CWD\u0000 msg=audit(1.000:2): x",
  ])("finds no record in %j", (line) => {
    expect(parseLogLine(line)).toBeUndefined();
  });
});
