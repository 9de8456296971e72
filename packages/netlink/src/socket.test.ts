import { expect, test } from "vitest";
import { openNetlinkSocket } from "./socket.ts";

test.each([{ protocol: "x" }, {}, { protocol: -1 }, { protocol: 1.5 }])(
  "openNetlinkSocket() refuses %j by the option's name",
  (options) => {
    expect(() => openNetlinkSocket(options as never)).toThrow(
      /^protocol must be the number of a netlink protocol, such as 16, got /u,
    );
  },
);
