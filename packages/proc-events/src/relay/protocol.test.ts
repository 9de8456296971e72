import { expect, test } from "vitest";
import {
  formatListen,
  formatRefusal,
  parseListen,
  parseRefusal,
  sessionField,
} from "./protocol.ts";

test("parseListen() reads what formatListen() writes", () => {
  const request = {
    filter: { kinds: ["exit"], uid: [0, 65_534], command: "make", failed: true },
    withExec: true,
    resume: { session: "abc", seq: 12, timeNs: 345n },
  } as const;
  expect(parseListen(formatListen(request))).toEqual(request);
});

test("parseListen() takes the least there can be", () => {
  expect(parseListen('{"type":"listen","schema":1}')).toEqual({ filter: {}, withExec: false });
});

test.each([
  ["", "EPROTO", /JSON object of type "listen"/u],
  ["GET / HTTP/1.1", "EPROTO", /JSON object of type "listen"/u],
  ['{"type":"header"}', "EPROTO", /type "listen"/u],
  ['{"type":"listen","schema":2}', "EPROTO", /schema 1, got 2/u],
  ['{"type":"listen"}', "EPROTO", /schema 1, got nothing/u],
  ['{"type":"listen","schema":1,"shell":"sh"}', "EPROTO", /no field "shell"/u],
  ['{"type":"listen","schema":1,"withExec":1}', "EPROTO", /true or false, got 1/u],
  ['{"type":"listen","schema":1,"resume":{"session":"a"}}', "EPROTO", /resume must have/u],
  ['{"type":"listen","schema":1,"resume":{"session":"a","seq":-1}}', "EPROTO", /resume must have/u],
  ['{"type":"listen","schema":1,"filter":{"colour":"red"}}', "EINVAL", /"colour"/u],
  ['{"type":"listen","schema":1,"filter":{"command":{}}}', "EINVAL", /command/u],
  ['{"type":"listen","schema":1,"filter":[]}', "EINVAL", /filter/u],
  [
    JSON.stringify({
      type: "listen",
      schema: 1,
      filter: { uid: Array.from({ length: 1025 }, () => 1) },
    }),
    "EINVAL",
    /uid may have 1024 values for a relay, got 1025/u,
  ],
])("parseListen() refuses %s", (text, code, message) => {
  expect(() => parseListen(text)).toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(message) }),
  );
});

test("parseRefusal() reads what formatRefusal() writes, fit for a terminal", () => {
  const line = JSON.parse(formatRefusal({ code: "EACCES", message: "not you\u001b[31m" }));
  expect(parseRefusal(line)).toMatchObject({ code: "EACCES", message: "not you\\u001b[31m" });
  expect(parseRefusal({ type: "error", code: "\u001b", message: 5 })).toMatchObject({
    code: "EPROTO",
    message: "no reason given",
  });
});

test("sessionField() is undefined for what is no relay's header", () => {
  expect(sessionField({ type: "header", relay: { session: "a", seq: 3, resumed: true } })).toEqual({
    session: "a",
    seq: 3,
    resumed: true,
  });
  expect(sessionField({ type: "header" })).toBeUndefined();
  expect(sessionField({ type: "header", relay: { session: "a", seq: "3" } })).toBeUndefined();
});
