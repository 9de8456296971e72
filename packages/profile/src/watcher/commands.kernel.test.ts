// Needs of the kernel: perf events, the process events connector (any user since Linux 6.6); a C compiler.
import {
  compileC,
  compiler,
  initialNamespaces,
  kernel,
  kernelTest,
} from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { runProfiled, timeBy } from "./run-profiled.fixture.ts";

const NEEDS = [kernel("6.6"), initialNamespaces, compiler];

/** C: `NAME_work` computes for 20 ms of CPU time; with an argument the program then becomes that one. */
function program(name: string): string {
  const source = `
#include <time.h>
#include <unistd.h>
__attribute__((noinline)) void ${name}_work(void) {
  volatile unsigned long sink = 1;
  struct timespec t;
  do {
    for (long i = 0; i < 20000; i++) sink = sink * 31 + 7;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  } while (t.tv_sec == 0 && t.tv_nsec < 20000000);
}
int main(int argc, char **argv) {
  ${name}_work();
  if (argc > 1) execvp(argv[1], argv + 1);
  return 0;
}`;
  return compileC(source, `profile-${name}`, ["-fno-omit-frame-pointer"]);
}

kernelTest(
  "Two hundred short processes have all their samples under their own commands",
  NEEDS,
  async () => {
    const [alpha, beta] = [program("alpha"), program("beta")];
    const script = `i=0; while [ $i -lt 50 ]; do i=$((i+1)); ${alpha} & ${beta} & ${alpha}; ${beta}; wait; done`;
    const { result, records, status, errors } = await runProfiled(["sh", "-c", script], {
      frequencyHz: 499,
    });
    expect(errors).toEqual([]);
    const time = timeBy(result, (command, leaf) => `${/alpha|beta/u.exec(command)?.[0]} ${leaf}`);
    const own = (time["alpha alpha_work"] ?? 0) + (time["beta beta_work"] ?? 0);
    expect(time["alpha beta_work"]).toBeUndefined();
    expect(time["beta alpha_work"]).toBeUndefined();
    expect(time["undefined alpha_work"]).toBeUndefined();
    expect(time["undefined beta_work"]).toBeUndefined();
    // 200 of 20 ms each, less what the rest of a period is.
    expect(own / 1e6).toBeGreaterThan(200 * 14);
    expect(own / 1e6).toBeLessThan(200 * 24);
    const short = records.filter(({ command }) => /alpha|beta/u.test(command));
    // One that the machine had no time for may end within its first period.
    expect(short.length).toBeGreaterThan(190);
    expect(short.length).toBeLessThanOrEqual(200);
    expect(status.counters).toMatchObject({ lost: 0, waiting: 0, tasks: 201 });
    const samples = records.reduce((sum, record) => sum + record.samples, 0);
    expect(samples).toBe(result.samples.length);
    expect(samples + Number(status.counters["others"])).toBe(status.counters["samples"]);
  },
);

kernelTest("A process that runs another program has samples under both", NEEDS, async () => {
  const [alpha, beta] = [program("alpha"), program("beta")];
  // The clock of CPU time goes on over an exec, so the second one computes for itself.
  const { result, records } = await runProfiled([alpha, "sh", "-c", `${beta}; :`], {
    frequencyHz: 997,
  });
  const time = timeBy(result, (command, leaf) => `${command.replace(/-[0-9a-f]+$/u, "")} ${leaf}`);
  expect(time["profile-alpha alpha_work"]).toBeGreaterThan(10e6);
  expect(time["profile-beta beta_work"]).toBeGreaterThan(10e6);
  expect(time["sh alpha_work"]).toBeUndefined();
  expect(records.map(({ command }) => command)).toContain("sh");
});
