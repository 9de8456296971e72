/*
 * Makes so many tasks that run a program and end, each with an argument of its own, so many at a time.
 *
 * execs COUNT PARALLEL PROGRAM
 *
 * The arguments are bench-exec-0 to bench-exec-(COUNT - 1).
 *
 * cc -O2 -o execs execs.c
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static int work(long first, long count, long step, char *program)
{
	char argument[32];
	char *argv[] = { program, argument, NULL };
	char *envp[] = { NULL };
	int status;
	long i;

	for (i = first; i < count; i += step) {
		pid_t pid;

		snprintf(argument, sizeof(argument), "bench-exec-%ld", i);
		pid = vfork();
		if (pid == 0) {
			execve(program, argv, envp);
			_exit(127);
		}
		if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
			return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	long count, parallel, i;
	int status, failed = 0;

	if (argc != 4) {
		fprintf(stderr, "usage: execs COUNT PARALLEL PROGRAM\n");
		return 2;
	}
	count = atol(argv[1]);
	parallel = atol(argv[2]);
	for (i = 0; i < parallel; i++)
		if (fork() == 0)
			_exit(work(i, count, parallel, argv[3]));
	while (wait(&status) > 0)
		failed |= status != 0;
	return failed;
}
