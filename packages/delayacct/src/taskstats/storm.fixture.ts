import { spawn } from "node:child_process";
import { compileC } from "@task-watchers/kernel-test";

/** Name of the storm's processes. */
export const STORM_COMM = "exit-storm";

/** Makes children that exit at once, COUNT of them or for SECONDS, and says how many. Its own exit is one more. */
const SOURCE = `
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>
int main(int argc, char **argv)
{
	long most = atol(argv[1]), made = 0;
	time_t end = time(NULL) + atol(argv[2]);
	prctl(PR_SET_NAME, "${STORM_COMM}");
	signal(SIGCHLD, SIG_IGN);
	while (made < most && time(NULL) < end) {
		pid_t pid = vfork();
		if (pid == 0)
			_exit(0);
		made += pid > 0;
	}
	printf("%ld\\n", made);
	return 0;
}
`;

/** Runs `workers` storms at once and says how many processes of that name have exited, the storms themselves included. */
export async function storm(count: number, seconds: number, workers = 1): Promise<number> {
  const program = compileC(SOURCE, STORM_COMM, ["-O2"]);
  const made = await Promise.all(
    Array.from({ length: workers }, () => run(program, [String(count), String(seconds)])),
  );
  return made.reduce((sum, text) => sum + Number(text) + 1, 0);
}

/** Runs a program to its end and gives its output. */
export function run(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (more: string) => (text += more));
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(text.trim());
      else reject(new Error(`${program} ended with ${code}`));
    });
  });
}
