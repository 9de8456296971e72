import { expect, test } from "vitest";
import { inheritedAmong, type OpenFile } from "./inherited-descriptors.ts";

const CLOEXEC = 0o2000000;
const NONBLOCK = 0o4000;
const WRITE = 1;

function opened(flags: number): Pick<OpenFile, "flags" | "isWritable"> {
  return { flags: flags | CLOEXEC, isWritable: (flags & 3) !== 0 };
}

/** What Node.js 20 has open at its start, at the lowest numbers that are free. */
function withNode(inherited: Readonly<Record<number, readonly [string, number]>>): OpenFile[] {
  const files = Object.entries(inherited).map(([number, [link, flags]]) => ({
    number: Number(number),
    link,
    ...opened(flags),
  }));
  const own: Array<readonly [string, number]> = [
    ["anon_inode:[eventpoll]", 0],
    ["pipe:[101]", 0],
    ["pipe:[101]", WRITE],
    ["pipe:[102]", NONBLOCK],
    ["pipe:[102]", NONBLOCK | WRITE],
    ["anon_inode:[eventfd]", 0],
    ["/dev/null", 0],
  ];
  let number = 0;
  for (const [link, flags] of own) {
    while (number < 3 || files.some((file) => file.number === number)) number++;
    files.push({ number, link, ...opened(flags) });
  }
  return files;
}

test("nothing of Node.js's own is taken for inherited", () => {
  expect(inheritedAmong(withNode({}))).toEqual([]);
});

test("what is below the first of Node.js's own was there before", () => {
  const files = withNode({ 3: ["pipe:[7]", 0], 4: ["pipe:[7]", WRITE], 5: ["/dev/null", 0] });
  expect(inheritedAmong(files)).toEqual([3, 4, 5]);
});

test("between Node.js's own, files, sockets and pipes with one end here are found", () => {
  const files = withNode({
    5: ["/etc/hosts", 0],
    7: ["pipe:[7]", WRITE],
    8: ["socket:[8]", 2],
    9: ["/dev/null", WRITE],
  });
  expect(inheritedAmong(files)).toEqual([5, 7, 8, 9]);
});

test("a pipe that is a standard stream too is no pipe of Node.js's", () => {
  const stream = { number: 1, link: "pipe:[7]", ...opened(WRITE) };
  expect(inheritedAmong([stream, ...withNode({ 9: ["pipe:[7]", WRITE] })])).toEqual([9]);
});

test("make's job server is known by its name, and by what Node.js's own pipes are not", () => {
  const mixed = withNode({ 5: ["pipe:[7]", NONBLOCK], 6: ["pipe:[7]", WRITE] });
  expect(inheritedAmong(mixed, "--jobserver-fds=5,6")).toEqual([5, 6]);
  const blocking = withNode({ 5: ["pipe:[7]", 0], 6: ["pipe:[7]", WRITE] });
  expect(inheritedAmong(blocking)).toEqual([]);
  expect(inheritedAmong(blocking, " -j --jobserver-auth=5,6")).toEqual([5, 6]);
});

test("both ends of one kind are no pipe of Node.js's", () => {
  const files = withNode({ 8: ["pipe:[7]", WRITE], 9: ["pipe:[7]", WRITE] });
  expect(inheritedAmong(files)).toEqual([8, 9]);
});

test("a job server that make has closed is not looked for among Node.js's own pipes", () => {
  expect(inheritedAmong(withNode({}), "-j --jobserver-auth=4,5")).toEqual([]);
  expect(inheritedAmong(withNode({}), "-j --jobserver-auth=3,4")).toEqual([]);
});

test("what reaches a child by itself is left alone", () => {
  expect(
    inheritedAmong([...withNode({}), { ...opened(0), number: 40, link: "/x", flags: 0 }]),
  ).toEqual([]);
});
