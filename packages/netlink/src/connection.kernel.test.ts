// Needs: a kernel with generic netlink; for some, audit; root for what forges and what gives capabilities up.
import { spawnSync } from "node:child_process";
import { bindSocket, openSocket, sendDatagram, socketName } from "@task-watchers/linux";
import {
  asNobody,
  capability,
  initialNamespaces,
  installed,
  kernelTest,
  openDescriptors,
  program,
  root,
} from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { textAttribute, u32Attribute } from "./attribute.ts";
import { NetlinkConnection } from "./connection.ts";
import { listFamilies, resolveFamily } from "./family.ts";
import { encodeGeneric } from "./generic.ts";
import { encodeMessage } from "./message.ts";
import { openNetlinkSocket } from "./socket.ts";

const GENERIC = 16;
const CONTROLLER = 16;
const ACK = 4;
const open = (): NetlinkConnection =>
  new NetlinkConnection(openNetlinkSocket({ protocol: GENERIC, receiveBufferBytes: 0 }));

kernelTest("the controller resolves itself, and says what it can do", [], async () => {
  using connection = open();
  const family = await resolveFamily(connection, "nlctrl");
  expect(family).toMatchObject({ id: 16, name: "nlctrl", version: 2, headerSize: 0 });
  expect(family.groups.has("notify")).toBe(true);
  expect(family.operations.has(3)).toBe(true);
});

kernelTest("TASKSTATS has version 1 and needs CAP_NET_ADMIN for its commands", [], async () => {
  using connection = open();
  const family = await resolveFamily(connection, "TASKSTATS");
  expect(family).toMatchObject({ name: "TASKSTATS", version: 1 });
  expect(family.id).toBeGreaterThanOrEqual(16);
  expect((family.operations.get(1) ?? 0) & 1).toBe(1); // GENL_ADMIN_PERM on TASKSTATS_CMD_GET
});

kernelTest("a family that no kernel has is refused by name", [], async () => {
  using connection = open();
  await expect(resolveFamily(connection, "no-such-family")).rejects.toMatchObject({
    name: "NetlinkError",
    code: "ENOENT",
    syscall: "CTRL_CMD_GETFAMILY",
    message: expect.stringContaining('"no-such-family"'),
  });
});

kernelTest("the dump of families holds those that can be resolved", [], async () => {
  using connection = open();
  const names = (await listFamilies(connection)).map((family) => family.name);
  expect(names).toContain("nlctrl");
  expect(names).toContain("TASKSTATS");
});

kernelTest("an acknowledgement ends a request that answers with data first", [], async () => {
  using connection = open();
  const payload = encodeGeneric({ command: 3, version: 2 }, textAttribute(2, "nlctrl"));
  const reply = await connection.request({ type: CONTROLLER, flags: ACK, payload });
  expect(reply.messages).toHaveLength(1);
  expect(reply.result).toBe(0);
});

kernelTest("the kernel says in words what is wrong, and where", [], async () => {
  using connection = open();
  // A family name must be a string that ends in NUL; this is one without.
  const payload = encodeGeneric({ command: 3, version: 2 }, u32Attribute(2, 0x41414141));
  const error: unknown = await connection
    .request({ type: CONTROLLER, payload })
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({ name: "NetlinkError", code: "EINVAL", offset: 20 });
  expect(error).toHaveProperty("kernelMessage", expect.stringMatching(/attribute|policy/iu));
});

kernelTest(
  "audit answers without a port, and still to the request",
  [capability("CAP_AUDIT_CONTROL"), initialNamespaces],
  async () => {
    const transport = openNetlinkSocket({ protocol: 9, receiveBufferBytes: 0 });
    using connection = new NetlinkConnection(transport, { lengthMayLackHeader: true });
    const { messages } = await connection.request({ type: 1000 }, { name: "AUDIT_GET" });
    expect(messages[0]).toMatchObject({ type: 1000, port: 0 });
    expect(messages[0]?.payload.byteLength).toBeGreaterThanOrEqual(32);
  },
);

kernelTest("several requests in flight get their own answers", [], async () => {
  using connection = open();
  const names = ["nlctrl", "TASKSTATS", "nlctrl", "TASKSTATS"];
  const families = await Promise.all(names.map((name) => resolveFamily(connection, name)));
  expect(families.map((family) => family.name)).toEqual(names);
});

kernelTest(
  "an answer forged by another socket is dropped and counted",
  [root, capability("CAP_NET_ADMIN"), initialNamespaces],
  async () => {
    const transport = openNetlinkSocket({ protocol: GENERIC, receiveBufferBytes: 0 });
    using connection = new NetlinkConnection(transport);
    using forger = openSocket(16, 2, GENERIC); // AF_NETLINK, SOCK_DGRAM
    bindSocket(forger, Uint8Array.of(16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    const target = socketName(forger, 12);
    new Uint32Array(target.buffer)[1] = transport.portId;
    const payload = encodeGeneric({ command: 1, version: 2 }, textAttribute(2, "forged"));
    const forged = { type: CONTROLLER, flags: 0, sequence: 1, port: transport.portId, payload };
    sendDatagram(forger, encodeMessage(forged), target);
    expect(await resolveFamily(connection, "nlctrl")).toMatchObject({ name: "nlctrl" });
    expect(connection.counters).toMatchObject({ spoofed: 1, received: 1, malformed: 0 });
  },
);

kernelTest("no descriptor is left after close, however it went", [], async () => {
  await resolveOnce();
  const before = openDescriptors();
  await resolveOnce();
  const closed = open();
  const pending = resolveFamily(closed, "nlctrl").catch((error: unknown) => error);
  closed.close();
  expect(await pending).toMatchObject({ code: "ECANCELED" });
  expect(() => openNetlinkSocket({ protocol: 255 })).toThrow(
    expect.objectContaining({ code: "EPROTONOSUPPORT", syscall: "socket" }),
  );
  expect(openDescriptors()).toEqual(before);
});

async function resolveOnce(): Promise<void> {
  using connection = open();
  await resolveFamily(connection, "nlctrl");
}

kernelTest("nobody may resolve families, and gets EPERM for what needs more", [root], () => {
  const program = `
    import { NetlinkConnection, openNetlinkSocket, resolveFamily } from "@task-watchers/netlink";
    import { encodeGeneric } from "@task-watchers/netlink";
    import { u32Attribute } from "@task-watchers/netlink/attribute";
    const transport = openNetlinkSocket({ protocol: 16 });
    const connection = new NetlinkConnection(transport);
    const { id } = await resolveFamily(connection, "TASKSTATS");
    const payload = encodeGeneric({ command: 1, version: 1 }, u32Attribute(1, process.pid));
    const outcome = await connection.request({ type: id, payload }).catch((error) => error.code);
    console.log(typeof outcome === "string" ? outcome : "answered");
  `;
  expect(asNobody(...node(program))).toMatchObject({ status: 0, stdout: "EPERM\n" });
  expect(asNobody(...node(program), ["CAP_NET_ADMIN"])).toMatchObject({
    status: 0,
    stdout: "answered\n",
  });
});

/** A program that imports the package as a user would; it ends by itself although its connection stays open. */
function node(program: string): [string, string[]] {
  const root = installed("netlink");
  const run = `cd '${root}' && exec '${process.execPath}' --input-type=module -e "$0"`;
  return ["sh", ["-c", run, program]];
}

kernelTest(
  "what a request changed is heard by who has joined its group, and is no answer",
  [root, program("unshare")],
  () => {
    // A network of its own: RTM_NEWADDR of 10.9.8.7 to its loopback, with RTNLGRP_IPV4_IFADDR joined.
    const body = `
      import { NetlinkConnection, openNetlinkSocket } from "@task-watchers/netlink";
      const connection = new NetlinkConnection(openNetlinkSocket({ protocol: 0 }));
      connection.join(5);
      const heard = [];
      const isHeard = new Promise((resolve) => {
        connection.listen({ message: ({ type }) => { heard.push(type); resolve(); }, overrun() {} });
      });
      const address = [8, 0, 2, 0, 10, 9, 8, 7, 8, 0, 1, 0, 10, 9, 8, 7];
      const payload = Uint8Array.from([2, 32, 0, 0, 1, 0, 0, 0, ...address]);
      const { messages, result } = await connection.request({ type: 20, flags: 0x604, payload });
      await isHeard;
      console.log(JSON.stringify([messages.length, result, heard]));
      connection.close();
    `;
    const { stdout, stderr } = spawnSync(
      "unshare",
      ["-n", process.execPath, "--input-type=module", "-e", body],
      { cwd: installed("netlink"), encoding: "utf8", timeout: 20_000 },
    );
    expect([stderr, stdout.trim()]).toEqual(["", "[0,0,[20]]"]);
  },
);
