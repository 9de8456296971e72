// Needs CAP_BPF and CAP_PERFMON in the initial namespaces, Linux 5.8, cc, make; root to mask a file of /sys.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  capability,
  compiler,
  initialNamespaces,
  installed,
  kernel,
  kernelTest,
  openDescriptors,
  root,
} from "@task-watchers/kernel-test";
import { expect, onTestFinished, vi } from "vitest";
import { Btf } from "../btf/btf.ts";
import { BpfUnavailableError } from "../load/unavailable-error.ts";
import { TracepointCounter } from "./count-program.fixture.ts";
import { type KernelLayout, readKernelLayout } from "./kernel-layout.ts";
import { preparePrograms } from "./prepared-programs.ts";
import { run, watched } from "./watched.fixture.ts";

const needs = [kernel("5.8"), capability("CAP_BPF"), capability("CAP_PERFMON"), initialNamespaces];
const SIZES = { argvBytes: 4096, ringBytes: 1_048_576, latencyMs: 10 };

const layoutHere = (): KernelLayout =>
  readKernelLayout(new Btf(readFileSync("/sys/kernel/btf/vmlinux")));

/** Files for make: so many programs in C, to be compiled side by side. */
function project(directory: string, count: number): void {
  const names = Array.from({ length: count }, (_, i) => `unit${i}`);
  for (const name of names)
    writeFileSync(join(directory, `${name}.c`), `int ${name}(void) { return 0; }\n`);
  const objects = names.map((name) => `${name}.o`).join(" ");
  writeFileSync(
    join(directory, "Makefile"),
    `all: ${objects}\n%.o: %.c\n\tcc -c $< -o $@ && true\n`,
  );
}

kernelTest(
  "a parallel build is told as often as the scheduler's tracepoints are passed",
  [...needs, compiler],
  async () => {
    const directory = mkdtempSync(join(tmpdir(), "bpf-build-"));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    project(directory, 40);
    const layout = layoutHere();
    // One that counts longer than we listen, and one that counts shorter: other tasks of the host may fall in between.
    const longer = new TracepointCounter(layout);
    onTestFinished(() => longer.close());
    await watched({}, async ({ events, source }) => {
      const shorter = new TracepointCounter(layout);
      onTestFinished(() => shorter.close());
      const built = await run("make", ["-j4", "-s"], { cwd: directory });
      expect(built.stdout).toBe("");
      const least = shorter.counts;
      const told = events();
      source.close();
      const most = longer.counts;
      // Of a storm elsewhere on the host, if there is one.
      const { lost } = source.counters;
      for (const type of ["fork", "exec", "exit"] as const) {
        const count = told.filter((event) => event.type === type).length;
        expect(count + lost).toBeGreaterThanOrEqual(least[type]);
        expect(count).toBeLessThanOrEqual(most[type]);
        // Each unit: make's shell, cc, what that runs.
        expect(least[type]).toBeGreaterThanOrEqual(3 * 40);
      }
    });
  },
);

kernelTest(
  "a program that the verifier does not take says what it said, and leaves nothing",
  needs,
  () => {
    const before = openDescriptors();
    const layout = layoutHere();
    const offsets = { ...layout.offsets, "task_struct.tgid": 0x7ff8 };
    let caught: unknown;
    try {
      preparePrograms({ ...layout, offsets }, SIZES);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(BpfUnavailableError);
    expect(caught).toMatchObject({
      code: "EREFUSED",
      message: expect.stringMatching(
        /task_watch_fork \(EACCES\); the verifier said:\n(.*\n)*.*task_struct/u,
      ),
      remedy: expect.stringContaining("report the kernel's version"),
    });
    expect(openDescriptors()).toEqual(before);
  },
);

kernelTest(
  "arguments that end before they begin are none, and nothing beyond them is read",
  needs,
  async () => {
    const layout = layoutHere();
    const offsets = {
      ...layout.offsets,
      "mm_struct.arg_start": layout.offsets["mm_struct.arg_end"],
      "mm_struct.arg_end": layout.offsets["mm_struct.arg_start"],
    };
    const { startPrograms } = await import("./start-programs.ts");
    const lengths: number[] = [];
    const source = startPrograms(
      { ...layout, offsets },
      {
        onEvent: (event) =>
          void (event.type === "exec" && lengths.push(event.argvLength, event.argv.byteLength)),
      },
      SIZES,
    );
    try {
      await run("/bin/true", ["one"]);
      source.drain();
      expect(lengths.slice(0, 2)).toEqual([0, 0]);
      expect(source.counters.argvFaults).toBe(0);
    } finally {
      source.close();
    }
  },
);

const SCRIPT = `
  const { openBpfEvents } = await import("@task-watchers/bpf");
  try {
    (await openBpfEvents({ onEvent() {} })).close();
    console.log(JSON.stringify({ opened: true }));
  } catch ({ name, code, remedy, message }) {
    console.log(JSON.stringify({ name, code, remedy, message }));
  }`;

for (const [what, prepare, code, says] of [
  ["no types", "true", "ENOBTF", /no such file/iu],
  [
    "types that make no sense",
    "head -c 5000 /dev/urandom > /sys/kernel/btf/vmlinux",
    "EBADBTF",
    /cannot be used/u,
  ],
  [
    "types that are cut off",
    "head -c 500000 /tmp/btf-whole > /sys/kernel/btf/vmlinux",
    "EBADBTF",
    /cut off/u,
  ],
] as const) {
  kernelTest(`with ${what} it says so, and what would help`, [...needs, root], () => {
    const copy = mkdtempSync(join(tmpdir(), "btf-"));
    onTestFinished(() => rmSync(copy, { recursive: true }));
    const whole = join(copy, "whole");
    writeFileSync(whole, readFileSync("/sys/kernel/btf/vmlinux"));
    const masked = `mount -t tmpfs none /sys/kernel/btf && ${prepare.replace("/tmp/btf-whole", whole)} && exec "$@"`;
    const node = [process.execPath, "--input-type=module", "-e", SCRIPT];
    const ended = spawnSync("unshare", ["--mount", "sh", "-c", masked, "sh", ...node], {
      cwd: installed("bpf"),
      encoding: "utf8",
    });
    const seen: unknown = JSON.parse(ended.stdout || JSON.stringify(ended));
    expect(seen).toMatchObject({
      name: "BpfUnavailableError",
      code,
      message: expect.stringMatching(says),
    });
    expect(seen).toMatchObject({ remedy: expect.stringMatching(/^use /u) });
  });
}

kernelTest("after somebody else has read, events still come by themselves", needs, async () => {
  // Without the look that is taken each second.
  vi.useFakeTimers({ toFake: ["setInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  await watched({ latencyMs: 5 }, async ({ source, told }) => {
    for (let round = 0; round < 5; round++) {
      // Asleep by now. The program asks for a wake-up, and before the event loop hears of it all is read.
      await new Promise((done) => setTimeout(done, 60));
      spawnSync("/bin/true");
      expect(source.drain()).toBeGreaterThan(0);
      const before = told.length;
      await new Promise((done) => setTimeout(done, 60));
      const { pid } = await run("/bin/true", []);
      const deadline = Date.now() + 5000;
      const isThere = (): boolean =>
        told.slice(before).some((one) => "type" in one && one.type === "exit" && one.pid === pid);
      while (!isThere() && Date.now() < deadline) await new Promise((done) => setTimeout(done, 5));
      expect(isThere()).toBe(true);
    }
  });
});
