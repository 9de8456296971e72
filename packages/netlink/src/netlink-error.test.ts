import { expect, test } from "vitest";
import { NetlinkError } from "./netlink-error.ts";
import { OverrunError } from "./overrun-error.ts";

test("NetlinkError carries what Node's own errors carry, and the kernel's words", () => {
  const acknowledgement = { value: -22, text: "wrong attribute", offset: 20 };
  const error = new NetlinkError("CTRL_CMD_GETFAMILY", acknowledgement, "try another");
  expect(error).toBeInstanceOf(Error);
  expect({ ...error }).toEqual({
    name: "NetlinkError",
    code: "EINVAL",
    errno: -22,
    syscall: "CTRL_CMD_GETFAMILY",
    kernelMessage: "wrong attribute",
    offset: 20,
    hint: "try another",
  });
  expect(error.message).toBe("CTRL_CMD_GETFAMILY: EINVAL: wrong attribute: try another");
});

test("NetlinkError has no property for what nobody said", () => {
  const error = new NetlinkError("TASKSTATS_CMD_GET", { value: -1 });
  expect(Object.keys(error).sort()).toEqual(["code", "errno", "name", "syscall"]);
  expect(error.message).toBe("TASKSTATS_CMD_GET: EPERM");
});

test("OverrunError says how many and where", () => {
  expect(new OverrunError(7)).toMatchObject({
    code: "ENOBUFS",
    lost: 7,
    queue: "socket",
    message: "ENOBUFS: 7 messages lost, socket queue full",
  });
  expect(new OverrunError(3, "stream").queue).toBe("stream");
});

test("OverrunError does not claim that nothing was lost", () => {
  expect(new OverrunError(0).message).toBe("ENOBUFS: messages lost, socket queue full");
});
