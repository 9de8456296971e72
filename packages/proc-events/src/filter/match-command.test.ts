import { expect, test } from "vitest";
import type { ExecFacts } from "../event/proc-event.ts";
import { matchesCommand } from "./match-command.ts";

const bash: ExecFacts = {
  exe: "/usr/bin/bash",
  argv: ["-bash", "--login"],
  cwd: "/",
  cgroup: "/",
};
const gone = { missing: "ENOENT" };

test("matchesCommand() takes text for the program's name, as called or as on disk, exactly", () => {
  expect(matchesCommand("bash", bash)).toBe(true);
  expect(matchesCommand("-bash", bash)).toBe(true);
  expect(matchesCommand("bas", bash)).toBe(false);
  expect(matchesCommand("/usr/bin/bash", bash)).toBe(false);
  expect(matchesCommand("busybox", { ...bash, exe: "/bin/busybox (deleted)" })).toBe(true);
});

test("matchesCommand() looks for a RegExp in the command line, every time from its beginning", () => {
  const pattern = /--log/gu;
  expect([1, 2, 3].map(() => matchesCommand(pattern, bash))).toEqual([true, true, true]);
  expect(matchesCommand(/^-bash --login$/u, bash)).toBe(true);
  expect(matchesCommand(/usr/u, bash)).toBe(false);
  expect(matchesCommand(/usr/u, { ...bash, argv: gone })).toBe(true);
});

test("matchesCommand() wants one pattern of several, and fits nothing to what is not known", () => {
  expect(matchesCommand(["zsh", /login/u], bash)).toBe(true);
  expect(matchesCommand(["zsh", "sh"], bash)).toBe(false);
  expect(matchesCommand(/./u, { ...bash, exe: gone, argv: gone })).toBe(false);
  expect(matchesCommand(/./u, undefined)).toBe(false);
});
