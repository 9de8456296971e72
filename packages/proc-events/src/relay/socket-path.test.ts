import { existsSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { connectRelay } from "./connect.ts";
import { FakeSource, socketDirectory } from "./fake-source.fixture.ts";
import { serveRelay } from "./serve.ts";
import { bindRelaySocket, checkSocketPath, removeRelaySocket } from "./socket-path.ts";

test("a relay's socket has the mode that was asked for, whatever the umask", async () => {
  using dir = socketDirectory();
  const umask = process.umask(0);
  try {
    for (const [name, mode] of [
      ["a", 0o600],
      ["b", 0o666],
    ] as const) {
      await using relay = await serveRelay({
        path: dir.path(name),
        mode,
        source: new FakeSource(),
      });
      expect(statSync(relay.path).mode & 0o777).toBe(mode);
    }
    await using relay = await serveRelay({ path: dir.path("c"), source: new FakeSource() });
    expect(statSync(relay.path).mode & 0o777).toBe(0o660);
  } finally {
    process.umask(umask);
  }
});

test("nobody can connect before the relay listens", async () => {
  using dir = socketDirectory();
  const bound = await bindRelaySocket(dir.path("s"), { mode: 0o666 });
  using _fd = bound.fd;
  // Were it listening, this would be EADDRINUSE.
  const again = await bindRelaySocket(dir.path("s"), { mode: 0o600 });
  again.fd.close();
  removeRelaySocket(again);
});

test("two relays do not serve at one path", async () => {
  using dir = socketDirectory();
  await using relay = await serveRelay({ path: dir.path("s"), source: new FakeSource() });
  await expect(serveRelay({ path: relay.path, source: new FakeSource() })).rejects.toMatchObject({
    code: "EADDRINUSE",
    message: `another relay is serving at ${relay.path}`,
  });
  expect(existsSync(relay.path)).toBe(true);
});

test("a socket that nobody serves any more is replaced", async () => {
  using dir = socketDirectory();
  const path = dir.path("s");
  const left = await bindRelaySocket(path, { mode: 0o600 });
  left.fd.close();
  await using _relay = await serveRelay({ path, source: new FakeSource() });
  await expect(connectRelay(path).then((stream) => stream.close())).resolves.toBeUndefined();
});

test("what is no socket is left alone", async () => {
  using dir = socketDirectory();
  const path = dir.path("s");
  writeFileSync(path, "precious");
  await expect(serveRelay({ path, source: new FakeSource() })).rejects.toMatchObject({
    code: "EEXIST",
    message: /no socket/u,
  });
  symlinkSync(path, dir.path("link"));
  await expect(
    serveRelay({ path: dir.path("link"), source: new FakeSource() }),
  ).rejects.toMatchObject({
    code: "EEXIST",
  });
  expect(statSync(path).size).toBe(8);
});

test("a missing directory is named", async () => {
  using dir = socketDirectory();
  await expect(
    serveRelay({ path: dir.path("none/s"), source: new FakeSource() }),
  ).rejects.toMatchObject({ code: "ENOENT", message: expect.stringContaining(dir.path("none")) });
});

test("close() leaves a file alone that is another's by now", async () => {
  using dir = socketDirectory();
  const bound = await bindRelaySocket(dir.path("s"), { mode: 0o600 });
  using _fd = bound.fd;
  const next = await bindRelaySocket(dir.path("s"), { mode: 0o600 });
  removeRelaySocket(bound);
  expect(existsSync(dir.path("s"))).toBe(true);
  next.fd.close();
});

test("checkSocketPath() refuses what cannot be a socket's path", () => {
  expect(() => checkSocketPath(`/${"x".repeat(106)}`)).not.toThrow();
  expect(() => checkSocketPath(`/${"ü".repeat(54)}`)).toThrow(/107 bytes, this one has 109/u);
  expect(() => checkSocketPath("a\0b")).toThrow(TypeError);
});

test("the path may have as many bytes as the kernel takes", async () => {
  using dir = socketDirectory();
  const path = dir.path("x".repeat(108 - Buffer.byteLength(dir.path("x"))));
  await using relay = await serveRelay({ path, source: new FakeSource() });
  expect(Buffer.byteLength(relay.path)).toBe(107);
  expect(statSync(path).isSocket()).toBe(true);
});
