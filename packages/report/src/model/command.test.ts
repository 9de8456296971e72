import { spawnSync } from "node:child_process";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { baseName, shellCall, shellCommand } from "./command.ts";

test("shellCommand() quotes what a shell would make something of, and nothing else", () => {
  expect(shellCommand(["cc", "-DX=1", "a b.c", "it's", "", "$HOME", "*"])).toBe(
    String.raw`cc -DX=1 'a b.c' 'it'\''s' '' '$HOME' '*'`,
  );
  expect(shellCommand(["A=1", "x"])).toBe("'A=1' x");
  expect(shellCommand(["a\nb", "\u001b[31m", "\u202e'", "\udcff"])).toBe(
    String.raw`$'a\x0ab' $'\x1b[31m' $'\u202e\'' $'\xff'`,
  );
});

test("shellCommand() is read by bash as the words it was made of", () => {
  const word = fc
    .string({ unit: "binary", maxLength: 12 })
    .map((text) => text.replace(/\0|\p{Cs}/gu, ""));
  // A process for each would take long beside others.
  const words = fc.sample(word, 500);
  const script = `printf '%s\\0' ${shellCommand(["x", ...words]).slice(2)}`;
  const env = { ...process.env, LC_ALL: "C.UTF-8" };
  const { stdout } = spawnSync("bash", ["-c", script], { encoding: "utf8", env });
  expect(stdout.split("\0").slice(0, -1)).toEqual(words);
}, 60_000);

test("shellCall() goes to the folder first", () => {
  expect(shellCall({ timeNs: 0, argv: ["make"], cwd: "/my src" })).toBe("cd '/my src' && make");
  expect(shellCall({ timeNs: 0, argv: ["make"] })).toBe("make");
  expect(shellCall({ timeNs: 0, exe: "/bin/make" })).toBeUndefined();
});

test("baseName() is never empty where the path is not", () => {
  expect(["/usr/bin/cc", "cc", "/", "a/"].map(baseName)).toEqual(["cc", "cc", "/", "a/"]);
});
