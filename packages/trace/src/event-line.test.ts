import type { Task } from "@task-watchers/chain";
import { expect, test } from "vitest";
import { eventLine, execFailedLine } from "./event-line.ts";

const parent: Task = { id: "4.90", pid: 4, tgid: 4, ppid: 1, startNs: 0n };
const task: Task = {
  id: "5.100",
  pid: 5,
  tgid: 5,
  ppid: 4,
  parent,
  startNs: 10n,
  ids: { ruid: 1, euid: 2, rgid: 3, egid: 4 },
};
const base = { timeNs: "12345678901234567890", task: "5.100", pid: 5, tgid: 5, ppid: 4 };
const timeNs = 12345678901234567890n;

test("eventLine() gives an init its parent and ids", () => {
  expect(eventLine({ type: "init", timeNs }, task)).toEqual({
    type: "init",
    ...base,
    parent: "4.90",
    ids: { ruid: 1, euid: 2, rgid: 3, egid: 4 },
  });
});

test("eventLine() marks what no event stands behind", () => {
  expect(eventLine({ type: "init", timeNs, existing: true }, task)).toMatchObject({
    existing: true,
  });
  expect(eventLine({ type: "free", timeNs, synthetic: "watch-closed" }, task)).toEqual({
    type: "free",
    ...base,
    synthetic: "watch-closed",
  });
});

test("eventLine() gives each fact of an exec, or the reason it is missing", () => {
  const exec = {
    type: "exec",
    timeNs,
    exe: { missing: "EACCES" },
    argv: ["ls", "-l"],
    argvTruncatedBytes: 9,
    cwd: "/tmp",
    cgroup: { missing: "ENOENT" },
  } as const;
  expect(eventLine(exec, task)).toEqual({
    type: "exec",
    ...base,
    argv: ["ls", "-l"],
    argvTruncatedBytes: 9,
    cwd: "/tmp",
    missing: { exe: "EACCES", cgroup: "ENOENT" },
    ids: { ruid: 1, euid: 2, rgid: 3, egid: 4 },
  });
});

test("eventLine() gives an exit its code, signal or the reason neither is known", () => {
  expect(eventLine({ type: "exit", timeNs, code: 0, durationNs: 5n }, task)).toEqual({
    type: "exit",
    ...base,
    code: 0,
    durationNs: "5",
  });
  expect(eventLine({ type: "exit", timeNs, signal: 11, coreDumped: true }, task)).toEqual({
    type: "exit",
    ...base,
    signal: 11,
    coreDumped: true,
  });
  expect(
    eventLine(
      { type: "exit", timeNs, status: { missing: "reconciled" }, synthetic: "reconciled" },
      task,
    ),
  ).toEqual({ type: "exit", ...base, synthetic: "reconciled", missing: { status: "reconciled" } });
});

test("eventLine() gives ids with their events", () => {
  expect(eventLine({ type: "uid", timeNs, ruid: 0, euid: 1000 }, task)).toEqual({
    type: "uid",
    ...base,
    ruid: 0,
    euid: 1000,
  });
  expect(eventLine({ type: "gid", timeNs, rgid: 0, egid: 5 }, task)).toMatchObject({
    rgid: 0,
    egid: 5,
  });
});

test("eventLine() says where the arguments of an exec came from, and whether it was still to be made", () => {
  const facts = { exe: "/bin/ls", argv: ["ls"], cwd: "/", cgroup: "/" };
  const event = { type: "exec", timeNs, source: "stop", stopped: true, ...facts } as const;
  expect(eventLine(event, task)).toMatchObject({ type: "exec", source: "stop", stopped: true });
  const { source: _source, stopped: _stopped, ...plain } = event;
  expect(eventLine(plain, task)).not.toHaveProperty("source");
  expect(eventLine(plain, task)).not.toHaveProperty("stopped");
});

test("execFailedLine() says what was not run, and who refused it", () => {
  const notice = {
    type: "exec-failed",
    timeNs,
    pid: 5,
    path: "/bin/rm",
    argv: ["rm", "-r"],
    code: "EACCES",
    refused: { by: "deny", errno: 13 },
    certain: true,
    raised: true,
  } as const;
  expect(execFailedLine(notice, task)).toEqual({
    type: "exec-failed",
    ...base,
    path: "/bin/rm",
    argv: ["rm", "-r"],
    code: "EACCES",
    refused: { by: "deny", errno: 13 },
    certain: true,
    raised: true,
  });
});

test("execFailedLine() names the thread, and gives the reason of what is missing", () => {
  const gone = { missing: "vanished" };
  const notice = { type: "exec-failed", timeNs, pid: 9, path: gone, argv: gone } as const;
  expect(execFailedLine({ ...notice, certain: false, raised: false }, task)).toEqual({
    type: "exec-failed",
    ...base,
    thread: 9,
    certain: false,
    missing: { path: "vanished", argv: "vanished" },
  });
});
