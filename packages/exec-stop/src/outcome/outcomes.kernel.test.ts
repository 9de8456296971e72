// Needs of the kernel: seccomp user notification for any user (Linux 5.5); cc for a program that execs again and again.
import { compiler, kernel, kernelTest } from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { peer } from "../peer.fixture.ts";
import { resultOf } from "../program.fixture.ts";

const NEEDS = [kernel("5.5")];

/** Runs a command and says what became of each exec of it. @param patience JavaScript to wait for the last */
function outcomesOf(file: string, args: readonly string[]): unknown {
  return resultOf(`
    const stop = await open({ onOutcome: ({ path }, outcome) => outcomes.push({ path, ...outcome }) });
    await run(stop, ${JSON.stringify(file)}, ${JSON.stringify(args)});
    await stop.close();
    if (outcomes.length !== stop.counters.calls) throw new Error("one outcome for each: " + outcomes.length);
    return outcomes;
  `);
}

kernelTest("the failures of a search through PATH are certain", NEEDS, () => {
  // A shell that knows no better than to try: env(1) does.
  const search = "PATH=/nonexistent:/etc/passwd:/proc:/bin; exec /usr/bin/env true";
  const found = outcomesOf("/bin/sh", ["-c", `${search}`]) as Array<{ path: string }>;
  expect(found.filter(({ path }) => path.endsWith("/true")).slice(0, 2)).toEqual([
    { path: "/nonexistent/true", outcome: "failed", code: "ENOENT", certain: true },
    { path: "/etc/passwd/true", outcome: "failed", code: "ENOTDIR", certain: true },
  ]);
});

kernelTest(
  "a program that execs, fails, and execs again is told apart",
  [...NEEDS, compiler],
  () => {
    const found = outcomesOf(peer(), ["twice"]);
    expect(found).toMatchObject([
      { path: peer(), outcome: "ran", certain: true },
      { path: "/nonexistent", outcome: "failed", code: "ENOENT", certain: true },
      { path: "/etc", outcome: "failed", code: "EACCES", certain: true },
      { path: "/bin/echo", outcome: "ran" },
    ]);
  },
);

kernelTest(
  "what is alive after its exec has run for certain, and a fork that lives on has failed",
  NEEDS,
  () => {
    const script = "(exec /bin/sleep 0.4) & (/nonexistent; sleep 0.4) & wait";
    const found = outcomesOf("/bin/sh", ["-c", script]);
    expect(found).toEqual(
      expect.arrayContaining([
        { path: "/bin/sh", outcome: "ran", certain: true },
        { path: "/bin/sleep", outcome: "ran", certain: true },
        expect.objectContaining({ path: "/nonexistent", outcome: "failed", code: "ENOENT" }),
      ]),
    );
  },
);

if (process.arch === "x64") {
  kernelTest(
    "a call of an ABI that the kernel may lack has failed for a reason that nobody guesses",
    [...NEEDS, compiler],
    () => {
      const found = outcomesOf(peer(), ["x32-fault"]);
      // ENOSYS or EFAULT. The thread ends at once: that it has failed is not always seen.
      expect(found).toEqual([
        { path: peer(), outcome: "ran", certain: true },
        { path: { missing: "EFAULT" }, outcome: "failed", certain: expect.any(Boolean) },
      ]);
    },
  );
}

kernelTest("a file without a format is known to have failed, though not why", NEEDS, () => {
  const result = resultOf(`
    const folder = mkdtempSync("/tmp/exec-stop-");
    writeFileSync(folder + "/text", "true\\n", { mode: 0o755 });
    const stop = await open({ onOutcome: ({ path }, outcome) => outcomes.push({ path, ...outcome }) });
    const ends = [];
    // A shell runs it itself then; it is the same fork that goes on, and execs.
    const end = await run(stop, "/bin/sh", ["-c", folder + "/text; exec /bin/true"]);
    await stop.close();
    rmSync(folder, { recursive: true });
    return { end, text: outcomes.filter(({ path }) => path.endsWith("/text")).map(({ outcome }) => outcome) };
  `);
  expect(result).toMatchObject({ end: { code: 0 } });
});

kernelTest("a handler of outcomes that throws is counted, and the rest goes on", NEEDS, () => {
  const result = resultOf(`
    const stop = await open({ onOutcome() { throw new Error("no"); } });
    const end = await run(stop, "/bin/sh", ["-c", "/bin/true; exec /bin/true"]);
    await stop.close();
    await null;
    const { calls, thrown, continued } = stop.counters;
    return { end, thrown: thrown === calls, continued: continued === calls, kinds: [...new Set(troubles.map(({ kind }) => kind))] };
  `);
  expect(result).toEqual({ end: { code: 0 }, thrown: true, continued: true, kinds: ["thrown"] });
});
