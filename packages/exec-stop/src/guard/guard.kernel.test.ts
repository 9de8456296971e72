// Needs of the kernel: seccomp user notification for any user (Linux 5.5); root to become nobody; cc for the program's source.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { compiler, installed, kernel, kernelTest, program, root } from "@task-watchers/kernel-test";
import { expect, vi } from "vitest";
import { endOf, programCommand, resultOf, type Surroundings } from "../program.fixture.ts";
import { guardProgram, guardProgramFile } from "./guard-program.ts";

vi.setConfig({ testTimeout: 120_000 });

const NEEDS = [kernel("5.5")];

kernelTest(
  "the guard's program is what its source assembles to",
  [compiler, program("objcopy")],
  () => {
    if (process.arch !== "x64") return;
    const folder = mkdtempSync(join(tmpdir(), "exec-stop-"));
    const source = new URL("guard-x64.S", import.meta.url).pathname;
    try {
      execFileSync("cc", ["-c", source, "-o", join(folder, "o")]);
      const only = ["-O", "binary", "-j", ".text"];
      execFileSync("objcopy", [...only, join(folder, "o"), join(folder, "bytes")]);
      const assembled = readFileSync(join(folder, "bytes")).toString("hex");
      expect(Buffer.from(guardProgram("x64") ?? []).toString("hex")).toBe(assembled);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

/** A hundred execs, each of which says so if it failed; then the end. */
const TREE = `i=0; while [ $i -lt 100 ]; do /bin/true $i || echo bad $i; i=$((i+1)); [ $i = 30 ] && echo thirty; done; echo done`;

/** Runs the tree under a program that ends in some way after the thirtieth, and says what the tree then printed. */
async function treeOutlives(body: string, surroundings: Surroundings): Promise<string[]> {
  const [command = "", ...args] = programCommand(body, surroundings);
  const watcher = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  // The watcher's own errors, too: the tree alone would not show them, thanks to the guard.
  watcher.stderr.setEncoding("utf8").on("data", (more: string) => (text += more));
  watcher.stdout.setEncoding("utf8").on("data", (more: string) => (text += more));
  // Closed once the last of the tree is gone, too.
  await once(watcher, "close");
  return text.trim().split("\n");
}

const WAYS = {
  "is killed": `calls.length === 40 && process.kill(process.pid, "SIGKILL");`,
  exits: `calls.length === 40 && process.exit(0);`,
  closes: `calls.length === 40 && setImmediate(() => stop.close().then(() => {}));`,
  "closes in the middle of one": `calls.length === 40 && void stop.close();`,
  "is killed with execs standing still": `if (calls.length === 40) {
      setTimeout(() => process.kill(process.pid, "SIGKILL"), 50);
      return new Promise(() => {});
    }`,
};

for (const [way, end] of Object.entries(WAYS)) {
  for (const guard of ["program", "node"] as const) {
    kernelTest(
      `no exec of the tree fails or waits when its watcher ${way}: ${guard}`,
      NEEDS,
      async () => {
        if (guard === "program" && guardProgram(process.arch) === undefined) return;
        const body = `
        const stop = await open({ deadlineMs: 100000, guards: ["${guard}"], onExec(call) {
          calls.push(call);
          ${end}
        } });
        if (stop.guard !== "${guard}") throw new Error(stop.guard);
        await run(stop, "/bin/sh", ["-c", ${JSON.stringify(TREE)}], { stdio: ["ignore", 1, 2] });
      `;
        expect(await treeOutlives(body, "ourselves")).toEqual(["thirty", "done"]);
      },
    );
  }
}

/** What a guard has to take over when its watcher ends before anything has run. */
const FIRST = {
  "the first exec of a command stands still": `
    await run(stop, "/bin/sh", ["-c", "/bin/true && echo done"], OUT);`,
  "the first exec of another stop's command stands still": `
    const other = await open({ guards: [guard], deadlineMs: 100000, onExec: ending });
    await stop.spawn("/bin/sh", ["-c", "sleep 0.2; /bin/true && echo done"], OUT);
    isEnding = true;
    await run(other, "/bin/true", [], OUT);`,
};

for (const [when, what] of Object.entries(FIRST)) {
  for (const signal of ["SIGKILL", "SIGTERM"]) {
    for (const guard of ["program", "node"] as const) {
      kernelTest(
        `a watcher that dies by ${signal} while ${when} holds up none: ${guard}`,
        NEEDS,
        async () => {
          if (guard === "program" && guardProgram(process.arch) === undefined) return;
          const body = `
          const guard = "${guard}", OUT = { stdio: ["ignore", 1, 2] };
          let isEnding = ${what.includes("other") ? "false" : "true"};
          const ending = () => {
            if (!isEnding) return;
            setTimeout(() => process.kill(process.pid, "${signal}"), 50);
            return new Promise(() => {});
          };
          const stop = await open({ guards: [guard], deadlineMs: 100000, onExec: ending });
          if (stop.guard !== guard) throw new Error(stop.guard);
          ${what}
        `;
          expect(await treeOutlives(body, "ourselves")).toEqual(["done"]);
        },
      );
    }
  }
}

for (const guard of ["program", "node", ""]) {
  const by = guard === "" ? "without a guard" : `by the guard ${guard}`;
  kernelTest(
    `a command that is being started when the stop closes is let pass ${by}`,
    NEEDS,
    () => {
      const result = resultOf(`
      const ends = [];
      for (const delay of [0, 1, 3, 10]) {
        const stop = await open({ guards: [${guard === "" ? "" : `"${guard}"`}] });
        // Several execs for the one command.
        const env = { PATH: "/nonexistent:/usr/nonexistent:/proc:/etc:/usr/bin:/bin" };
        const started = stop.spawn("sh", ["-c", "/bin/true && exit 3"], { ...NONE, env });
        if (delay > 0) await sleep(delay);
        await stop.close();
        const ended = started.then(({ ended }) => ended);
        ends.push((await Promise.race([ended, sleep(20000, {}, { ref: false })])).code);
      }
      return ends;
    `);
      expect(result).toEqual([3, 3, 3, 3]);
    },
  );
}

for (const guard of ["program", "node"] as const) {
  kernelTest(`an error on the listener is no end to the guard: ${guard}`, NEEDS, async () => {
    const program = guardProgramFile();
    if (guard === "program" && program === undefined) return;
    // The writing end of a pipe that nobody reads is in error for ever, and at no end.
    const pipe = ["-c", 'exec 3> >(:) 4</dev/null; sleep 0.2; exec "$@"', "bash"];
    const script = join(
      installed("exec-stop"),
      "node_modules/@task-watchers/exec-stop/dist/guard-script.js",
    );
    const link = `/proc/${process.pid}/fd/${program?.number ?? -1}`;
    const command = guard === "program" ? [link] : [process.execPath, script];
    const child = spawn("bash", [...pipe, ...command], {
      stdio: ["pipe", "inherit", "inherit", "ignore", "ignore", "pipe"],
    });
    // It takes over at once.
    child.stdin?.destroy();
    const ended = once(child, "exit");
    expect(await Promise.race([ended, sleep(2000, "goes on")])).toBe("goes on");
    child.kill("SIGKILL");
    await ended;
    program?.close();
  });
}

kernelTest("so it is for nobody, too", [...NEEDS, root, program("setpriv")], async () => {
  const body = `
    const stop = await open({ onExec(call) {
      calls.push(call);
      ${WAYS["is killed"]}
    } });
    await run(stop, "/bin/sh", ["-c", ${JSON.stringify(TREE)}], { stdio: ["ignore", 1, 2] });
  `;
  expect(await treeOutlives(body, "nobody")).toEqual(["thirty", "done"]);
});

kernelTest("the guard ends with the last task of the tree", NEEDS, async () => {
  const guards = (): string[] =>
    readdirSync("/proc").filter((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, "utf8");
        return line.startsWith("task-watchers-exec-stop-guard");
      } catch {
        return false;
      }
    });
  const before = new Set(guards());
  const { status, stderr } = endOf(`
    const stop = await open();
    await run(stop, "/bin/true");
    await stop.close();
  `);
  expect([status, stderr]).toEqual([0, ""]);
  // The guards of others come and go.
  let left: string[] = [];
  for (let i = 0; i < 500; i++) {
    left = guards().filter((pid) => !before.has(pid));
    if (left.length === 0) break;
    await sleep(10);
  }
  expect(left).toEqual([]);
});

kernelTest(
  "without a guard the watcher lets execs pass itself, and says what is amiss",
  NEEDS,
  () => {
    const result = resultOf(`
    const stop = await open({ guards: [] });
    const child = await stop.spawn("/bin/sh", ["-c", "sleep 1; /bin/true || exit 1; exit 3"], NONE);
    await stop.close();
    const { code } = await child.ended;
    // The shell's own, and perhaps that of sleep.
    return [code, stop.guard, troubles.map(({ kind }) => kind), [1, 2].includes(stop.counters.calls)];
  `);
    expect(result).toEqual([3, "none", ["unguarded"], true]);
  },
);

kernelTest("a guard that was killed is told of", NEEDS, () => {
  const result = resultOf(`
    const stop = await open();
    const own = readFileSync("/proc/self/task/" + process.pid + "/children", "utf8").trim().split(" ");
    for (const pid of own) process.kill(Number(pid), "SIGKILL");
    const child = await stop.spawn("/bin/sh", ["-c", "sleep 0.2"], NONE);
    await until(() => troubles.length > 0);
    const end = await child.ended;
    await stop.close();
    return [troubles.map(({ kind }) => kind), end];
  `);
  expect(result).toEqual([["unguarded"], { code: 0 }]);
});

kernelTest("a program that exits while a command is being started does not hang", NEEDS, () => {
  for (const when of ["process.exit(5)", "setTimeout(() => process.exit(5), 3)"]) {
    const { status, stderr } = endOf(`
      const stop = await open({ onExec: () => new Promise(() => {}), deadlineMs: 100000 });
      stop.spawn("/bin/true", [], NONE);
      ${when};
      await sleep(10000);
    `);
    expect([status, stderr]).toEqual([5, ""]);
  }
});
