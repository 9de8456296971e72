/*
 * Runs a program and says what it took, as time(1) does, with microseconds and in a file: what it and all it waited for
 * have used.
 *
 * timed FILE PROGRAM [ARGUMENT...]
 *
 * Exits as the program did; 128 and the signal's number when a signal ended it. Interrupts are for the program.
 *
 * cc -O2 -o timed timed.c
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(struct timeval t)
{
	return t.tv_sec + t.tv_usec / 1e6;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	struct rusage used;
	double begin;
	FILE *file;
	pid_t pid;
	int status;

	if (argc < 3) {
		fprintf(stderr, "usage: timed FILE PROGRAM [ARGUMENT...]\n");
		return 2;
	}
	/* Opened first: the program may go elsewhere, and it must be writable. */
	file = fopen(argv[1], "we");
	if (file == NULL) {
		fprintf(stderr, "timed: %s: %s\n", argv[1], strerror(errno));
		return 125;
	}
	begin = now();
	pid = fork();
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		fprintf(stderr, "timed: %s: %s\n", argv[2], strerror(errno));
		_exit(127);
	}
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	if (pid < 0 || wait4(pid, &status, 0, &used) != pid)
		return 125;
	fprintf(file, "{\"elapsed\":%.6f,\"user\":%.6f,\"system\":%.6f}\n", now() - begin,
		seconds(used.ru_utime), seconds(used.ru_stime));
	if (fclose(file) != 0)
		return 125;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
