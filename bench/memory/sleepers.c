/*
 * Makes so many tasks that run a program and sleep, and says "made" when all of them do; ends them when its input ends, and they end
 * with it in any case.
 *
 * sleepers COUNT
 *
 * Each execs this very program again, with an argument of its own.
 *
 * cc -O2 -static -o sleepers sleepers.c
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char *envp[] = { NULL };
	long count, i;
	char argument[32], c;
	char *own[] = { argv[0], "--asleep", argument, NULL };
	pid_t *pids;

	if (argc == 3 && strcmp(argv[1], "--asleep") == 0) {
		pause();
		return 0;
	}
	if (argc != 2) {
		fprintf(stderr, "usage: sleepers COUNT\n");
		return 2;
	}
	count = atol(argv[1]);
	pids = calloc(count + 1, sizeof(*pids));
	for (i = 0; i < count; i++) {
		snprintf(argument, sizeof(argument), "task-%ld", i);
		pids[i] = vfork();
		if (pids[i] < 0) {
			perror("sleepers: vfork");
			break;
		}
		if (pids[i] == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			execve("/proc/self/exe", own, envp);
			_exit(127);
		}
	}
	if (i == count) {
		printf("made\n");
		fflush(stdout);
		while (read(0, &c, 1) > 0)
			;
	}
	for (count = i, i = 0; i < count; i++)
		kill(pids[i], SIGKILL);
	while (wait(NULL) > 0)
		;
	return 0;
}
