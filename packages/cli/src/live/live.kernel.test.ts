// Needs tmux and process events (any user since Linux 6.6); no privilege.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execPath, kill } from "node:process";
import { initialNamespaces, kernel, kernelTest, program } from "@task-watchers/kernel-test";
import { afterEach, beforeEach, describe, expect, vi } from "vitest";
import { installedMain } from "../running.fixture.ts";
import { Tmux } from "./tmux.fixture.ts";

const NEEDS = [kernel("6.6"), initialNamespaces, program("tmux")];
const SMALL = [80, 24] as const;

/** Two that wait, one that works, and words on both outputs. */
const WORK =
  "echo first words; echo others >&2; sleep 300 & sleep 301 & (while :; do :; done) & wait\n";
const TWO_PARTS = "echo first words; sleep 300; echo last words; exit 3";

let folder = "";
let tmux: Tmux | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "live-"));
});

afterEach(() => {
  tmux?.close();
  tmux = undefined;
  rmSync(folder, { recursive: true });
});

/** Ours in a terminal, with the terminal's settings before and after in files. */
function terminal(
  args: string,
  size: readonly [number, number] = SMALL,
  env: Readonly<Record<string, string>> = {},
): Tmux {
  const command = `'${execPath}' '${installedMain()}' ${args}; echo "status $?"`;
  tmux = new Tmux(size, `${keepSettings("before")}; ${command}; ${keepSettings("after")}`, env);
  return tmux;
}

/** For the shell in it: the terminal's settings as they are now. */
function keepSettings(when: string): string {
  return `stty -g >'${join(folder, when)}'`;
}

/** The terminal is as it was. */
function expectRestored(screen: Tmux): void {
  expect(settings("after")).toBe(settings("before"));
  expect(screen.modes()).toBe("0 1");
}

function settings(when: string): string {
  return readFileSync(join(folder, when), "utf8");
}

/** As a file, so that its words are in no command line. */
function scriptOf(text: string): string {
  const path = join(folder, "work.sh");
  writeFileSync(path, text);
  return path;
}

function quoted(script: string): string {
  return `sh -c '${script}'`;
}

function pidIn(screen: string, command: RegExp): number {
  const line = screen.split("\n").find((text) => command.test(text));
  return Number(/\d+/u.exec(line ?? "")?.[0]);
}

describe("run --live", () => {
  kernelTest(
    "shows the tree and the latest output, and at the end the output, the tree and the terminal as it was",
    NEEDS,
    async () => {
      const screen = terminal(`run --live -- ${quoted(TWO_PARTS)}`);
      const picture = await screen.shows(/└─ sleep 300[^]*output of the command[^]*first words/u);
      expect(picture).toMatch(/^[\d.]+ m?s {2}2 alive {2}2 forks {2}0 failed {2}lost [\d,]+/u);
      expect(picture).toContain("▼CPU%");
      expect(screen.modes()).toBe("1 0");
      kill(pidIn(picture, /└─ sleep 300/u), "SIGTERM");
      const left = await screen.over();
      expect(left).toMatch(/^first words\n(?:Terminated\n)?last words\n/mu);
      expect(left).toMatch(/2 tasks, 2 failed/u);
      expect(left).toMatch(/status 3/u);
      expectRestored(screen);
    },
  );

  kernelTest("has more columns where there is room, also once it was resized", NEEDS, async () => {
    const screen = terminal(`run --live -- sh ${scriptOf(WORK)}`);
    const small = await screen.shows(/sleep 301/u);
    expect(small).not.toContain("PPID");
    screen.resize(200, 50);
    const large = await screen.shows(/PPID +USER S +RSS/u);
    expect(large.split("\n").length).toBeGreaterThan(40);
    expect(large).toMatch(/R +[\d.]+[MK] +\d+/u);
    expect(large).toContain("output of the command");
    screen.resize(40, 8);
    const tiny = await screen.shows(/^[^P]*PID/u);
    await screen.shows(/sh \//u);
    expect(Math.max(...tiny.split("\n").map((line) => line.length))).toBeLessThanOrEqual(40);
    screen.keys("C-c");
    await screen.over();
  });

  kernelTest("sorts, filters, folds, inspects and stands still by keys", NEEDS, async () => {
    const screen = terminal(`run --live -- sh ${scriptOf(WORK)}`, [100, 30]);
    await screen.shows(/sleep 301/u);
    // Who works comes first, once it was looked at twice.
    await screen.shows(/EXECS COMMAND\n.* sh .*\n.*\(sh /u);
    screen.keys("a");
    await screen.shows(/▼AGE/u);
    screen.keys("a");
    await screen.shows(/▲AGE/u);
    screen.keys("/");
    screen.text("sleep 300");
    await screen.shows(/filter: sleep 300_ \(2\)/u);
    expect(screen.screen()).not.toContain("sleep 301");
    screen.keys("Escape");
    await screen.shows(/sleep 301/u);
    screen.keys("Home", "Space");
    await screen.shows(/› +\d+ .*\[\+3\] sh /u);
    screen.keys("Space", "a");
    // Keys are for what is shown. Oldest first: the next one has run a program, of which more is known than of the youngest.
    await screen.shows(/▼AGE[^]*sleep 301/u);
    screen.keys("Down");
    await screen.shows(/› +\d+ .*sleep 300/u);
    screen.keys("Enter");
    const details = await screen.shows(/cgroup +\//u);
    expect(details).toMatch(/ pid +\d+, child of \d+/u);
    expect(details).toMatch(/ end +it lives/u);
    screen.keys("Enter", "f");
    const frozen = await screen.shows(/FROZEN/u);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(screen.screen().split("\n")[0]).toBe(frozen.split("\n")[0]);
    screen.keys("f", "t");
    await screen.shows(/t tree/u);
    expect(screen.screen()).not.toContain("└─");
    screen.keys("C-c");
    await screen.over();
  });

  kernelTest(
    "goes over to plain output at q, in which nothing is missing or twice",
    NEEDS,
    async () => {
      const screen = terminal(
        `run --live -- ${quoted("for i in 1 2 3 4 5 6; do echo word $i; sleep 0.5; done")}`,
      );
      await screen.shows(/word 2/u);
      screen.keys("q");
      await screen.shows(/^word 1$/mu);
      expect(screen.modes()).toBe("0 1");
      const left = await screen.over();
      expect(left.match(/^word \d$/gmu)).toEqual([1, 2, 3, 4, 5, 6].map((i) => `word ${i}`));
      expectRestored(screen);
    },
  );

  kernelTest("ends at Ctrl-C as without it, and gives the terminal back", NEEDS, async () => {
    const screen = terminal(`run --live -- sh ${scriptOf(WORK)}`);
    await screen.shows(/sleep 301/u);
    screen.keys("C-c");
    const left = await screen.over();
    expect(left).toMatch(/^first words\nothers\n/mu);
    expect(left).toContain("status 130");
    expectRestored(screen);
  });

  kernelTest("stops at Ctrl-Z as any job, and goes on in the foreground", NEEDS, async () => {
    const live = `run --live -- sh ${scriptOf(WORK)}`;
    const screen = terminal(`${live}; ${keepSettings("stopped")}; read word; fg`);
    const tree = /sleep 300[^]*sleep 301/u;
    await screen.shows(tree);
    screen.keys("C-z");
    await vi.waitUntil(() => screen.modes() === "0 1", 50_000);
    await vi.waitUntil(() => existsSync(join(folder, "stopped")), 50_000);
    expect(screen.screen()).not.toMatch(tree);
    screen.keys("Enter");
    await screen.shows(tree);
    expect(screen.modes()).toBe("1 0");
    screen.keys("C-c");
    expect(await screen.over()).toContain("status 130");
    expect(settings("stopped")).toBe(settings("before"));
    expectRestored(screen);
  });

  kernelTest("gives the terminal back at SIGTERM", NEEDS, async () => {
    const screen = terminal(`run --live -- ${quoted("echo $PPID; exec sleep 300")}`);
    await screen.shows(/^\d+$/mu);
    kill(Number(/^\d+$/mu.exec(screen.screen())?.[0]), "SIGTERM");
    expect(await screen.over()).toContain("status 143");
    expectRestored(screen);
  });

  kernelTest("gives terminal and output back when a watcher crashes us", NEEDS, async () => {
    const watcher = join(folder, "crash.mjs");
    writeFileSync(
      watcher,
      `globalThis[Symbol.for("@task-watchers/chain.1")].load(
         { name: "crash", version: "1.0.0", watcher: { name: "crash", exit() {} } });
       import { existsSync } from "node:fs";
       setInterval(() => {
         if (existsSync("${join(folder, "crash-now")}")) throw new Error("crashed on purpose");
       }, 50);`,
    );
    const crashing = terminal(`run --live --with '${watcher}' -- ${quoted("echo word; sleep 20")}`);
    await crashing.shows(/└─ sleep 20/u);
    writeFileSync(join(folder, "crash-now"), "");
    const left = await crashing.over();
    expect(left).toContain("crashed on purpose");
    expect(left).toMatch(/^word$/mu);
    expectRestored(crashing);
  });

  kernelTest("shows no name that acts on the terminal", NEEDS, async () => {
    const name = String.raw`\033]2;owned\007\033[31mred\nline\342\200\256`;
    const script = join(folder, "hostile.sh");
    writeFileSync(script, `bash -c 'exec -a "$(printf "${name}")" sleep 300'; true\n`);
    const screen = terminal(`run --live -- sh '${script}'`, [120, 24]);
    const picture = await screen.shows(/owned/u);
    expect(picture).toContain(String.raw`$'\x1b]2;owned\x07\x1b[31mred\x0aline\u202e' 300`);
    screen.keys("C-c");
    await screen.over();
  });

  kernelTest("prints lines on a dumb terminal", NEEDS, async () => {
    const screen = terminal(`run --live -- ${quoted("echo word")}`, SMALL, { TERM: "dumb" });
    const left = await screen.over();
    expect(left).toMatch(/^ +0\.\d+ +\d+ \+ sh -c 'echo word'/mu);
    expect(left).toMatch(/^ +0\.\d+ +\d+ - 0 after/mu);
    expect(screen.modes()).toBe("0 1");
  });
});

describe("watch --live", () => {
  kernelTest("follows a process that is there, and prints the summary at q", NEEDS, async () => {
    const script = scriptOf("sleep 300; sleep 302; true\n");
    const process = spawn("sh", [script], { stdio: "ignore", detached: true });
    try {
      const screen = terminal(`watch --live --pid ${process.pid}`, [120, 30]);
      const picture = await screen.shows(/└─ sleep 300/u);
      expect(picture).toContain(`pid ${process.pid} and descent`);
      kill(pidIn(picture, /└─ sleep 300/u), "SIGKILL");
      await screen.shows(/ended SIGKILL[^]*sleep 300/u);
      screen.keys("q");
      const left = await screen.over();
      expect(left).toMatch(/SIGKILL +sleep 300/u);
      expectRestored(screen);
    } finally {
      kill(-(process.pid ?? 0), "SIGKILL");
    }
  });

  kernelTest("ends at q with its summary, and gives the terminal back", NEEDS, async () => {
    const screen = terminal("watch --live --source connector", [120, 30]);
    await screen.shows(/alive[^]*PID/u);
    screen.keys("q");
    const left = await screen.over();
    // Of the whole host, which may make more than any queue holds.
    expect(left).toMatch(/lost [\d,]+ events?/u);
    expect(left).toContain("status 0");
    expectRestored(screen);
  });
});
