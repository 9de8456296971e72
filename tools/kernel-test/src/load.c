/*
 * Makes fork, exec and exit events at a given rate and counts them: the truth a listener's counts are held against.
 *
 * load RATE SECONDS WORKERS EXEC_PERCENT PROGRAM
 *
 * Each worker makes children by vfork; EXEC_PERCENT of them exec PROGRAM. Children reap themselves. Prints one line of
 * JSON: what the workers made, themselves not counted.
 *
 * cc -O2 -o load load.c
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct made {
	unsigned long forks, execs, exits;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void child(char *program, int execs, struct made *made)
{
	char *argv[] = { program, NULL };
	char *envp[] = { NULL };
	pid_t pid = vfork();

	if (pid < 0)
		return;
	if (pid == 0) {
		if (execs)
			execve(program, argv, envp);
		_exit(0);
	}
	made->forks++;
	made->execs += execs;
	made->exits++;
}

static void work(char *program, double rate, double seconds, int percent, struct made *made)
{
	double begin = now(), end = begin + seconds;
	unsigned long n = 0;
	int credit = 0;

	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		double t = now();
		double events = made->forks + made->execs + made->exits;

		if (t >= end)
			return;
		if (events >= (t - begin) * rate) {
			struct timespec pause = { 0, 200000 };

			nanosleep(&pause, NULL);
			continue;
		}
		for (n = 0; n < 16; n++) {
			credit += percent;
			child(program, credit >= 100, made);
			if (credit >= 100)
				credit -= 100;
		}
	}
}

int main(int argc, char **argv)
{
	struct made *made, all = { 0, 0, 0 };
	double rate, seconds, begin;
	int workers, percent, i;

	if (argc != 6) {
		fprintf(stderr, "usage: load RATE SECONDS WORKERS EXEC_PERCENT PROGRAM\n");
		return 2;
	}
	rate = atof(argv[1]);
	seconds = atof(argv[2]);
	workers = atoi(argv[3]);
	percent = atoi(argv[4]);
	made = mmap(NULL, workers * 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (made == MAP_FAILED)
		return 1;
	begin = now();
	for (i = 0; i < workers; i++) {
		if (fork() == 0) {
			work(argv[5], rate / workers, seconds, percent, made + i * (4096 / sizeof(*made)));
			_exit(0);
		}
	}
	while (wait(NULL) > 0)
		;
	for (i = 0; i < workers; i++) {
		struct made *m = made + i * (4096 / sizeof(*made));

		all.forks += m->forks;
		all.execs += m->execs;
		all.exits += m->exits;
	}
	printf("{\"forks\":%lu,\"execs\":%lu,\"exits\":%lu,\"seconds\":%.3f,\"rate\":%.0f}\n", all.forks, all.execs,
	       all.exits, now() - begin, (all.forks + all.execs + all.exits) / (now() - begin));
	fflush(stdout);
	return 0;
}
