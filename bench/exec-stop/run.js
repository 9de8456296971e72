// @ts-check
/**
 * What a command pays when each of its execs is stopped, in turns with the same work watched otherwise and not at all: a storm of short
 * programs, one process that starts them all, and a small build. Our own start is part of it; `true` alone shows how much that is.
 * `--rounds N`.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, release, tmpdir } from "node:os";
import { join } from "node:path";
import { countOf, readOptions } from "../../tools/options/options.js";

const values = readOptions(import.meta.url, { rounds: { type: "string", default: "5" } });
const rounds = countOf("--rounds", values.rounds);
const main = new URL("../../packages/cli/dist/main.js", import.meta.url).pathname;
const dir = mkdtempSync(join(tmpdir(), "bench-exec-stop-"));
const SOURCES = 24;
for (let i = 0; i < SOURCES; i++) {
  writeFileSync(
    join(dir, `f${i}.c`),
    `#include <stdio.h>\nint f${i}(void) { return printf("%d", ${i}); }\n`,
  );
}
writeFileSync(
  join(dir, "Makefile"),
  `all: $(patsubst %.c,%.o,$(wildcard *.c))\nclean:\n\trm -f *.o\n`,
);

const loop = "i=0; while [ $i -lt 300 ]; do /bin/true $i; i=$((i+1)); done";
/** @type {Record<string, string[]>} */
const WORK = {
  true: ["true"],
  "storm of 4,800, 16 at a time": [
    "sh",
    "-c",
    `for n in $(seq 16); do sh -c '${loop}' & done; wait`,
  ],
  "xargs -P 4, 1,000": ["sh", "-c", "seq 1000 | xargs -P 4 -n 1 /bin/true"],
  "make -j2, 24 files": ["sh", "-c", `make -s -C ${dir} clean && make -s -j2 -C ${dir}`],
};
/** @type {Record<string, (work: string[]) => string[]>} */
const WAYS = {
  none: (work) => work,
  run: (work) => [process.execPath, main, "run", "-q", "--source", "stop", "--", ...work],
  "run --no-exec-stop": (work) => [
    process.execPath,
    main,
    "run",
    "-q",
    "--no-exec-stop",
    "--",
    ...work,
  ],
  "strace --seccomp-bpf": (work) => [
    "strace",
    "-f",
    "--seccomp-bpf",
    "-e",
    "trace=execve,execveat",
    "-o",
    "/dev/null",
    ...work,
  ],
};

/** Seconds. @param {string[]} command */
function seconds([file = "", ...args]) {
  const begin = process.hrtime.bigint();
  const { status, stderr } = spawnSync(file, args, { stdio: ["ignore", "ignore", "pipe"] });
  if (status !== 0) throw new Error(`${file} ended with ${status}: ${stderr}`);
  return Number(process.hrtime.bigint() - begin) / 1e9;
}

/** @param {number[]} numbers */
function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

try {
  const load = loadavg()[0]?.toFixed(1);
  console.log(
    `Linux ${release()}, Node.js ${process.version}, ${cpus().length} CPUs, load ${load} before\n`,
  );
  for (const [name, work] of Object.entries(WORK)) {
    /** @type {Record<string, number[]>} */
    const times = {};
    for (let round = 0; round < rounds; round++) {
      for (const [way, command] of Object.entries(WAYS))
        (times[way] ??= []).push(seconds(command(work)));
    }
    const bare = times["none"] ?? [];
    console.log(name);
    for (const [way, all] of Object.entries(times)) {
      // Against the run without a watch of the same round: what else the machine does is in both.
      const ratio = median(all.map((time, i) => time / (bare[i] ?? Number.NaN)));
      console.log(
        `  ${way.padEnd(22)} ${median(all).toFixed(3).padStart(8)} s  ${ratio.toFixed(2).padStart(6)} ×`,
      );
    }
  }
} finally {
  rmSync(dir, { recursive: true });
}
