import { openSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { SyscallError } from "./syscall-error.ts";

function nodesOwn(): NodeJS.ErrnoException {
  try {
    openSync("/no/such/file", "r");
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
  throw new Error("there is such a file");
}

describe("SyscallError", () => {
  test("has the properties of Node's own errors, with the same values", () => {
    const own = nodesOwn();
    const error = new SyscallError("open", 2);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ code: own.code, errno: own.errno, syscall: own.syscall });
    expect(typeof error.stack).toBe("string");
  });

  test("has a property for a hint only when there is one", () => {
    expect("hint" in new SyscallError("bind", 1)).toBe(false);
    const hinted = new SyscallError("bind", 1, "needs CAP_NET_ADMIN");
    expect(hinted.hint).toBe("needs CAP_NET_ADMIN");
    expect(hinted.message).toBe("bind: EPERM: needs CAP_NET_ADMIN");
  });

  test("says call and code, and what kind of error it is", () => {
    const error = new SyscallError("recvmmsg", 105);
    expect(String(error)).toBe("SyscallError: recvmmsg: ENOBUFS");
  });

  test("has some code for an errno that Node has no name for", () => {
    expect(new SyscallError("ioctl", 4095)).toMatchObject({
      errno: -4095,
      code: expect.stringMatching(/\S/u),
    });
  });
});
