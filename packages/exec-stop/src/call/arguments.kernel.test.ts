// Needs of the kernel: seccomp user notification for any user (Linux 5.5); cc for execs that no shell makes; xargs.
import { compiler, kernel, kernelTest, program } from "@task-watchers/kernel-test";
import { expect, vi } from "vitest";
import { peer } from "../peer.fixture.ts";
import { resultOf } from "../program.fixture.ts";

vi.setConfig({ testTimeout: 120_000 });

const NEEDS = [kernel("5.5")];

kernelTest("the longest argument there can be, and thirty thousand, are had whole", NEEDS, () => {
  const result = resultOf(`
    const stop = await open();
    const longest = "x".repeat(131071);
    const many = Array.from({ length: 30000 }, (_, i) => "a" + i);
    await run(stop, "/bin/true", [longest]);
    await run(stop, "/bin/true", many);
    const [first, second] = calls;
    await stop.close();
    return [
      first.argv[1] === longest, first.argvTruncatedBytes,
      second.argv.length, second.argv.slice(1).every((word, i) => word === many[i]),
      second.argvTruncatedBytes,
    ];
  `);
  expect(result).toEqual([true, 0, 30_001, true, 0]);
});

kernelTest("what is cut off is counted", NEEDS, () => {
  const result = resultOf(`
    const stop = await open({ argumentBytes: 5, totalBytes: 12 });
    await run(stop, "/bin/true", ["123456789", "abc"]);
    await stop.close();
    return [calls[0].argv, calls[0].argvTruncatedBytes];
  `);
  expect(result).toEqual([["/bin/", "12345", "ab"], 9]);
});

kernelTest("every byte there can be comes back from the text", [...NEEDS, program("xargs")], () => {
  const result = resultOf(`
    const { encodeText } = await import("@task-watchers/linux");
    const folder = mkdtempSync("/tmp/exec-stop-");
    const all = Buffer.from(Array.from({ length: 255 }, (_, i) => i + 1));
    writeFileSync(folder + "/bytes", all);
    const stop = await open();
    await run(stop, "/bin/sh", ["-c", "xargs -0 /bin/true < " + folder + "/bytes"]);
    await stop.close();
    rmSync(folder, { recursive: true });
    const { argv } = calls.find(({ path }) => path === "/bin/true");
    return [argv.length, Buffer.compare(Buffer.from(encodeText(argv[1])), all)];
  `);
  expect(result).toEqual([2, 0]);
});

/** Runs the peer and returns what it printed and the last call of it. */
function peerCall(what: string): unknown {
  return resultOf(`
    const folder = mkdtempSync("/tmp/exec-stop-");
    const out = openSync(folder + "/out", "w+");
    const stop = await open();
    await run(stop, ${JSON.stringify(peer())}, ["${what}"], { stdio: ["ignore", out, 2], env: {} });
    await stop.close();
    const printed = readFileSync(folder + "/out", "utf8").trim();
    rmSync(folder, { recursive: true });
    const { path, argv, abi, syscall } = calls.at(-1);
    return { printed, path, argv, abi, syscall };
  `);
}

const [EFAULT, E2BIG, ENOENT] = ["14", "7", "2"];
const echo = { path: "/bin/echo", abi: "x86-64", syscall: "execve" };
const missing = (reason: string): object => ({ missing: reason });

const REFUSED = [
  ["bad-path", EFAULT, { path: missing("EFAULT"), argv: ["echo", "bad-path"] }],
  ["bad-argv", EFAULT, { path: "/bin/echo", argv: missing("EFAULT") }],
  ["bad-argument", EFAULT, { path: "/bin/echo", argv: missing("EFAULT") }],
  ["no-end", EFAULT, { path: "/bin/echo", argv: missing("EFAULT") }],
  ["array-without-end", EFAULT, { path: "/bin/echo", argv: missing("EFAULT") }],
  ["too-long", E2BIG, { path: "/bin/echo", argv: missing("E2BIG") }],
  ["null-argv", ENOENT, { path: "/nonexistent", argv: [] }],
] as const;

for (const [what, printed, facts] of REFUSED) {
  kernelTest(`a call with ${what} is refused by the kernel, and told`, [...NEEDS, compiler], () => {
    expect(peerCall(what)).toEqual({ ...echo, printed, ...facts });
  });
}

const RUNNING = [
  ["at-the-edge", "edge", { argv: ["echo", "edge"] }],
  ["unaligned", "unaligned", { argv: ["echo", "unaligned"] }],
  ["empty-path", "empty-path", { path: "", syscall: "execveat", argv: ["echo", "empty-path"] }],
  [
    "at-directory",
    "at-directory",
    { path: "echo", syscall: "execveat", argv: ["echo", "at-directory"] },
  ],
  ["thread", "from a thread", { argv: ["echo", "from a thread"] }],
] as const;

for (const [what, printed, facts] of RUNNING) {
  kernelTest(`a call with ${what} runs, and is told`, [...NEEDS, compiler], () => {
    expect(peerCall(what)).toEqual({ ...echo, printed, ...facts });
  });
}

if (process.arch === "x64") {
  for (const [what, abi, syscall] of [
    ["i386", "i386", "execve"],
    ["i386-at", "i386", "execveat"],
    ["x32", "x32", "execve"],
  ] as const) {
    kernelTest(
      `a call in the way of ${what} is told with its arguments`,
      [...NEEDS, compiler],
      () => {
        // Whether the kernel then runs it depends on its configuration.
        expect(peerCall(what)).toMatchObject({
          path: "/bin/echo",
          argv: ["echo", what],
          abi,
          syscall,
        });
      },
    );
  }
}
