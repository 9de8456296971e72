import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseLogLine } from "../log/parse-log-line.ts";
import { fieldOf } from "../record/fields.ts";
import { EXECVE_CALL, record } from "../record/kernel-text.fixture.ts";
import { rawLine } from "./raw-line.ts";

describe("rawLine()", () => {
  test("writes a record as auditd does, its body byte for byte", () => {
    const body = `${EXECVE_CALL} x=\u00ff\u00c3\u009c`;
    expect(rawLine(record("SYSCALL", body, 7, 5))).toEqual({
      line: `type=SYSCALL msg=audit(1700000000.005:7): ${body}\n`,
      maskedBytes: 0,
    });
    expect(rawLine(record("EOE", "", 7)).line).toBe("type=EOE msg=audit(1700000000.000:7): \n");
  });

  test("writes the host, and what auditd has interpreted", () => {
    const whole = { ...record("CWD", 'cwd="/"'), node: "a.example", enriched: 'UID="root"' };
    expect(rawLine(whole).line).toBe(
      'node=a.example type=CWD msg=audit(1700000000.000:1): cwd="/"\u001dUID="root"\n',
    );
  });

  test("writes a message that would forge a line as hex, and loses nothing", () => {
    const message = 'op=x\ntype=USER_LOGIN msg=audit(1.000:1): pid=1 auid=0\u001dUID="root"';
    const forged = record("USER", `pid=7 uid=0 auid=5 ses=1 msg='${message}'`);
    const { line, maskedBytes } = rawLine(forged);
    expect(line.match(/[\0-\u001f]/gu)).toEqual(["\n"]);
    expect(maskedBytes).toBe(0);
    const read = parseLogLine(line.slice(0, -1));
    expect(read && fieldOf(read, "msg")?.value).toBe(message);
  });

  test.each([
    ["of C1, as a byte", "\u009b2J"],
    ["of C1, as a character", "\u00c2\u009b2J"],
    ["that turns text round", "\u00e2\u0080\u00ae"],
  ])("writes a message as hex for a control %s", (_, control) => {
    const { line, maskedBytes } = rawLine(record("USER", `pid=7 msg='op=${control}'`));
    const hex = Buffer.from(`op=${control}`, "latin1").toString("hex").toUpperCase();
    expect(line).toContain(`: pid=7 msg=${hex}\n`);
    expect(maskedBytes).toBe(0);
    const kernel = rawLine(record("KERNEL", `a${control}`));
    expect(kernel.line).not.toContain(control);
    expect(kernel.maskedBytes).toBeGreaterThan(0);
  });

  test("masks what it can write in no other way, and counts it", () => {
    expect(rawLine(record("KERNEL", "a\nb\u001bc\0"))).toEqual({
      line: "type=KERNEL msg=audit(1700000000.000:1): a?b?c?\n",
      maskedBytes: 3,
    });
    const long = rawLine(record("USER", `pid=7 msg='${"\n".repeat(5000)}'`));
    expect(long.maskedBytes).toBe(5000);
    expect(long.line.length).toBeLessThan(8970);
  });

  test("lets a host's name and an interpretation forge nothing", () => {
    const hostile = { ...record("CWD", 'cwd="/"'), node: "a b\n", enriched: "x\ny\u001dz" };
    expect(rawLine(hostile).line).toBe(
      'node=a?b? type=CWD msg=audit(1700000000.000:1): cwd="/"\u001dx?y?z\n',
    );
  });

  test("is one line that is read back as the same record, whatever the record", () => {
    const text = fc
      .uint8Array({ maxLength: 60 })
      .map((bytes) => Buffer.from(bytes).toString("latin1"));
    const types = fc.constantFrom("SYSCALL", "USER", "KERNEL", "UNKNOWN[1399]");
    fc.assert(
      fc.property(types, text, text, (type, before, message) => {
        const original = record(type, `${before} msg='${message}'`);
        const { line, maskedBytes } = rawLine(original);
        expect(line.indexOf("\n")).toBe(line.length - 1);
        const read = parseLogLine(line.slice(0, -1));
        expect(read).toMatchObject({ type: original.type, stamp: original.stamp });
        if (maskedBytes === 0 && read?.body.endsWith("'")) expect(read.body).toBe(original.body);
      }),
      { numRuns: 500 },
    );
  });
});
