import { describe, expect, test } from "vitest";
import { judge } from "./kernel-test.ts";
import { kernel, type Need } from "./needs.ts";

const privilege: Need = { name: "CAP_NET_ADMIN", isMet: () => false };
const newKernel = kernel("999.0");

describe("judge()", () => {
  test("runs a test whose needs are met, whatever the run", () => {
    expect(judge([], { all: true, privileged: true })).toBe("run");
    expect(judge([], { all: false, privileged: false })).toBe("run");
  });

  test("skips for lack of a privilege in a run without privileges", () => {
    expect(judge([privilege], { all: false, privileged: false })).toBe("skip");
  });

  test("fails for lack of a privilege in a run that may do anything", () => {
    expect(judge([privilege], { all: false, privileged: true })).toBe("fail");
  });

  test("skips on an old kernel even in a run that may do anything", () => {
    expect(judge([newKernel], { all: false, privileged: true })).toBe("skip");
    expect(judge([privilege, newKernel], { all: false, privileged: true })).toBe("skip");
  });

  test("fails for any reason when all tests have to run", () => {
    expect(judge([newKernel], { all: true, privileged: false })).toBe("fail");
  });
});

describe("kernel()", () => {
  test("compares by number, not by letter", () => {
    expect(kernel("2.6").isMet()).toBe(true);
    expect(kernel("999.10").isMet()).toBe(false);
    expect(kernel("999.9").name).toBe("Linux 999.9");
  });
});
