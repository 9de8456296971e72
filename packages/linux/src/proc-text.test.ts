import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseCgroup, parseCmdline } from "./proc-text.ts";
import { encodeText } from "./text.ts";

describe("parseCmdline()", () => {
  test.each([
    ["arguments", "ls\0-l\0/tmp\0", ["ls", "-l", "/tmp"]],
    ["an empty argument in the middle", "a\0\0b\0", ["a", "", "b"]],
    ["an empty argument at the end", "a\0\0", ["a", ""]],
    ["one empty argument", "\0", [""]],
    ["a title without NUL", "nginx: worker process", ["nginx: worker process"]],
    ["newlines and spaces", "sh\0-c\0a b\nc\0", ["sh", "-c", "a b\nc"]],
    ["nothing", "", []],
  ])("reads %s", (_, text, argv) => {
    expect(parseCmdline(Buffer.from(text))).toEqual(argv);
  });

  test("keeps any bytes of any arguments", () => {
    const argument = fc
      .uint8Array({ maxLength: 12 })
      .map((bytes) => bytes.filter((byte) => byte > 0));
    fc.assert(
      fc.property(fc.array(argument, { minLength: 1, maxLength: 6 }), (list) => {
        const data = Uint8Array.from(list.flatMap((bytes) => [...bytes, 0]));
        expect(parseCmdline(data).map((text) => Array.from(encodeText(text)))).toEqual(
          list.map((bytes) => Array.from(bytes)),
        );
      }),
    );
  });
});

describe("parseCgroup()", () => {
  test.each([
    ["the unified hierarchy", "0::/user.slice/session-1.scope\n", "/user.slice/session-1.scope"],
    ["the unified one among others", "4:cpu:/a\n1:name=systemd:/b\n0::/c\n", "/c"],
    ["systemd's where there is no unified one", "4:cpu:/a\n1:name=systemd:/b\n", "/b"],
    ["the first where there is neither", "4:cpu,cpuacct:/a\n2:memory:/b\n", "/a"],
    ["a path with colons", "0::/a:b:c\n", "/a:b:c"],
    ["a path with other line terminators", "0::/a\rb\u2028c\n", "/a\rb\u2028c"],
    ["a path of a removed group", "0::/a (deleted)\n", "/a (deleted)"],
  ])("reads %s", (_, text, path) => {
    expect(parseCgroup(Buffer.from(text))).toBe(path);
  });

  test("keeps a path that is not UTF-8", () => {
    const path = parseCgroup(Buffer.from([...Buffer.from("0::/"), 0xff, 0x0a])) ?? "";
    expect([...encodeText(path)]).toEqual([0x2f, 0xff]);
  });

  test.each(["", "\n", "nonsense"])("finds none in %j", (text) => {
    expect(parseCgroup(Buffer.from(text))).toBeUndefined();
  });
});
