import { expect, test } from "vitest";
import { namespaceNotes, readNamespaces } from "./namespaces.ts";

/** Links as /proc/self/ns has them on a host that runs no container (Linux 6.18). */
const FIRST: Readonly<Record<string, string>> = {
  net: "net:[4026531833]",
  pid: "pid:[4026531836]",
  user: "user:[4026531837]",
  ipc: "ipc:[4026531839]",
  cgroup: "cgroup:[4026531835]",
  mnt: "mnt:[4026531832]",
  time: "time:[4026531834]",
};

function read(changed: Readonly<Record<string, string>>, hearsHost: boolean | null = null) {
  return readNamespaces(hearsHost, (kind) => ({ ...FIRST, ...changed })[kind] ?? "");
}

test("readNamespaces() knows the first ones by their numbers", () => {
  const namespaces = read({});
  expect(Object.values(namespaces).map(({ first }) => first)).toEqual(Array(7).fill(true));
  expect(namespaces.pid.inode).toBe(4_026_531_836);
  expect(namespaceNotes(namespaces)).toEqual([]);
});

test("namespaceNotes() says what another namespace means and what to do", () => {
  const notes = namespaceNotes(read({ pid: "pid:[4026532321]", user: "user:[4026532320]" }));
  expect(notes).toEqual([
    "in another pid namespace than the host's first: no process events come here, and audit takes no requests; run with --pid host",
    "in another user namespace than the host's first: no process events come here, and capabilities count only inside of it; run outside (a rootless container is one)",
  ]);
});

test("readNamespaces() goes by what was tried where the network's number is not fixed", () => {
  const net = "net:[4026531992]";
  expect(read({ net }, true).net).toEqual({ inode: 4_026_531_992, first: true });
  expect(read({ net }, false).net.first).toBe(false);
  expect(namespaceNotes(read({ net }, false))).toEqual([
    expect.stringContaining("run with --network host"),
  ]);
});

test("readNamespaces() does not guess", () => {
  expect(read({ net: "net:[4026531992]" }, null).net.first).toBeNull();
  expect(read({ mnt: "mnt:[4026531841]" }).mnt.first).toBeNull();
  expect(read({ time: "" }).time).toEqual({ inode: null, first: null });
  const unreadable = readNamespaces(null, () => {
    throw new Error("EACCES");
  });
  expect(unreadable.pid).toEqual({ inode: null, first: null });
  expect(namespaceNotes(unreadable)).toEqual([]);
});
