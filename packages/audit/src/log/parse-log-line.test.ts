import { describe, expect, test } from "vitest";
import { parseLogLine } from "./parse-log-line.ts";

const stamp = { seconds: 1, milliseconds: 0, serial: 2 };

describe("parseLogLine()", () => {
  test.each([
    ["as auditd writes it", 'type=CWD msg=audit(1.000:2): cwd="/"', {}],
    [
      "of a host whose name has bytes that are no ASCII",
      'node=\u00c3\u00a0 type=CWD msg=audit(1.000:2): cwd="/"',
      { node: "\u00c3\u00a0" },
    ],
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

  test("splits at the last separator: one in front of it may be of who wrote the message", () => {
    const message = "pid=1 uid=0 msg='op=\u001dUID=\"nobody\"'";
    const record = parseLogLine(`type=USER_CMD msg=audit(1.000:2): ${message}\u001dUID="root"`);
    expect(record).toMatchObject({ body: message, enriched: 'UID="root"' });
  });

  test("splits at no byte of a host's name", () => {
    const line = 'node=a\u001db type=CWD msg=audit(1.000:2): cwd="/"';
    expect(parseLogLine(line)).toMatchObject({ node: "a\u001db", body: 'cwd="/"' });
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
