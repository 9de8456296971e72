import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { checkPeer, groupId } from "./access.ts";
import { connectRelay } from "./connect.ts";
import { FakeSource, socketDirectory } from "./fake-source.fixture.ts";
import { checkRelayOptions } from "./relay-options.ts";
import { serveRelay } from "./serve.ts";

const peer = { pid: 1, uid: 1000, gid: 100, groups: [27, 44] };

test("checkPeer() lets in who is in either list, or everybody without lists", () => {
  for (const allowed of [{}, { uids: [1000] }, { gids: [100] }, { uids: [1], gids: [44] }]) {
    expect(() => checkPeer(peer, allowed)).not.toThrow();
  }
  for (const allowed of [{ uids: [] }, { uids: [1001] }, { gids: [1000] }]) {
    expect(() => checkPeer(peer, allowed)).toThrow(/does not serve user 1000/u);
  }
});

test("groupId() looks names up, and takes ids as they are", () => {
  using dir = socketDirectory();
  const file = dir.path("group");
  writeFileSync(file, "root:x:0:\nbroken\nadm:x:4:syslog,me\n");
  expect(groupId("adm", file)).toBe(4);
  expect(groupId("12", file)).toBe(12);
  expect(groupId(13, file)).toBe(13);
  expect(() => groupId("broken", file)).toThrow(/"broken" is not in/u);
  expect(() => groupId(-1, file)).toThrow(RangeError);
});

test("a relay with a list refuses who is not in it, and says so", async () => {
  using dir = socketDirectory();
  const source = new FakeSource();
  await using relay = await serveRelay({ path: dir.path("s"), source, uids: [4_294_967_294] });
  await expect(connectRelay(relay.path)).rejects.toMatchObject({
    code: "EACCES",
    message: /does not serve user \d+/u,
  });
});

test.each([
  [{ mode: 0o1777 }, /mode/u],
  [{ uids: [-1] }, /uids/u],
  [{ gids: [1.5] }, /gids/u],
  [{ maxListeners: 0 }, /maxListeners/u],
  [{ maxListenersPerUid: Number.NaN }, /maxListenersPerUid/u],
  [{ queueLimit: 0 }, /queueLimit/u],
  [{ retainMs: -1 }, /retainMs/u],
  [{ source: new FakeSource(), threads: true }, /threads/u],
])("checkRelayOptions() refuses %o", (options, message) => {
  expect(() => checkRelayOptions({ path: "s", ...options })).toThrow(message);
});
