import type { ExecEvent } from "@task-watchers/chain";
import { expect, test } from "vitest";
import { commandOf } from "./command.ts";

const gone = { missing: "ENOENT" };

function exec(exe: ExecEvent["exe"], argv: ExecEvent["argv"]): ExecEvent {
  return { type: "exec", timeNs: 1n, exe, argv, cwd: gone, cgroup: gone };
}

test("commandOf() is the first argument's last part", () => {
  expect(commandOf(exec("/usr/bin/dash", ["/bin/sh", "-c"]))).toBe("sh");
  expect(commandOf(exec("/bin/busybox", ["ls"]))).toBe("ls");
  expect(commandOf(exec("/bin/bash", ["-bash"]))).toBe("-bash");
});

test("commandOf() is the file's where the first argument is none, or a title", () => {
  expect(commandOf(exec("/usr/sbin/sshd", ["sshd: root@pts/0"]))).toBe("sshd");
  expect(commandOf(exec("/tmp/x (deleted)", gone))).toBe("x");
  expect(commandOf(exec("/tmp/x", [""]))).toBe("x");
  expect(commandOf(exec("/tmp/x", []))).toBe("x");
});

test("commandOf() knows nothing of what was gone", () => {
  expect(commandOf(exec(gone, gone))).toBeUndefined();
  expect(commandOf(undefined)).toBeUndefined();
});
