// Needs: nothing but Linux and a shell. Runs in child processes: the program that calls it is gone afterwards.
import { spawnSync } from "node:child_process";
import { installed, kernelTest } from "@task-watchers/kernel-test";
import { expect } from "vitest";

/** Runs a program of ours that becomes another. */
function child(body: string): { status: number | null; stdout: string; stderr: string } {
  const program = `import { execProgram } from "@task-watchers/linux";\n${body}`;
  return spawnSync(process.execPath, ["--input-type=module", "-e", program], {
    cwd: installed("linux"),
    encoding: "utf8",
    timeout: 10_000,
    env: { ...process.env, SOME: "thing" },
  });
}

kernelTest(
  "execProgram() keeps the process, its streams and its environment, and passes every byte",
  [],
  () => {
    const script = 'printf "%s|" "$$" "$SOME" "$@"; exit 7';
    const body = `
    console.error(process.pid);
    execProgram("sh", ["-c", ${JSON.stringify(script)}, "sh", "", "a b", "\\n\\udcff", "x".repeat(5000)]);
  `;
    const { status, stdout, stderr } = child(body);
    expect(status).toBe(7);
    const [pid, some, empty, words, bytes, long] = stdout.split("|");
    expect(pid).toBe(stderr.trim());
    expect([some, empty, words, long?.length]).toEqual(["thing", "", "a b", 5000]);
    expect(bytes).toBe("\n\ufffd");
  },
);

kernelTest(
  "execProgram() leaves signals and descriptors as a program of the shell has them",
  [],
  () => {
    const script = "grep SigIgn /proc/$$/status; ls /proc/$$/fd";
    const plain = spawnSync("sh", ["-c", script], { encoding: "utf8" });
    expect(child(`execProgram("sh", ["-c", "${script}"]);`).stdout).toBe(plain.stdout);
    expect(plain.stdout).toMatch(/^SigIgn:\t0{16}\n/u);
  },
);

kernelTest("execProgram() leaves those descriptors open that it is told to", [], () => {
  const body = `
    import { openSync } from "node:fs";
    const [kept, closed] = [openSync("/proc/self/comm"), openSync("/proc/self/comm")];
    const script = 'cat <&' + kept + '; (: <&' + closed + ') 2>/dev/null || echo closed';
    execProgram("bash", ["-c", script], [kept]);
  `;
  expect(child(body).stdout).toMatch(/^\S+\nclosed\n$/u);
});

kernelTest("execProgram() says why it could not, and the program goes on", [], () => {
  const body = `
    for (const [file, args] of [["/no/such/program", []], ["/etc/passwd", []], ["sh", ["a\\0b"]]]) {
      try { execProgram(file, args); } catch (error) { console.log(error.code ?? error.name); }
    }
  `;
  const { stdout, status } = child(body);
  expect(stdout.trim().split("\n")).toEqual(["ENOENT", "EACCES", "TypeError"]);
  expect(status).toBe(0);
});
