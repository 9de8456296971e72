/*
 * Makes tasks that exec and end, one after the other in each worker, and counts those that have ended: with audit a task
 * can be held up in its exec, and who only began to exec has done nothing yet.
 *
 * execs SECONDS WORKERS RATE PROGRAM
 *
 * RATE execs a second of all workers together; 0 for as fast as they can. PROGRAM gets one argument, "end". Prints one line
 * of JSON.
 *
 * cc -O2 -o execs execs.c
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static unsigned long work(double seconds, double rate, char *program)
{
	char *argv[] = { program, "end", NULL };
	char *envp[] = { NULL };
	double begin = now();
	unsigned long execs = 0;
	int status;

	for (;;) {
		double t = now() - begin;
		pid_t pid;

		if (t >= seconds)
			return execs;
		if (rate > 0 && execs >= t * rate) {
			struct timespec pause = { 0, 200000 };

			nanosleep(&pause, NULL);
			continue;
		}
		pid = vfork();
		if (pid == 0) {
			execve(program, argv, envp);
			_exit(1);
		}
		if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
			exit(1);
		execs++;
	}
}

int main(int argc, char **argv)
{
	unsigned long *execs, sum = 0;
	double seconds, rate, begin = now();
	int workers, i, status;

	if (argc != 5) {
		fprintf(stderr, "usage: execs SECONDS WORKERS RATE PROGRAM\n");
		return 2;
	}
	seconds = atof(argv[1]);
	workers = atoi(argv[2]);
	rate = atof(argv[3]);
	execs = mmap(NULL, workers * 64, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (execs == MAP_FAILED)
		return 1;
	for (i = 0; i < workers; i++) {
		if (fork() == 0) {
			execs[i * 8] = work(seconds, rate / workers, argv[4]);
			_exit(0);
		}
	}
	while (wait(&status) > 0)
		if (status != 0)
			return 1;
	for (i = 0; i < workers; i++)
		sum += execs[i * 8];
	printf("{\"execs\":%lu,\"seconds\":%.3f}\n", sum, now() - begin);
	return 0;
}
