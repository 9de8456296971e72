/*
 * Processes whose threads end in unusual orders, one a way; see task-life.kernel.test.ts. cc -pthread threads.c
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char *self;

static void *exits_5(void *unused)
{
	usleep(100000);
	exit(5);
	return unused;
}

static void *execs(void *unused)
{
	char *argv[] = { self, "code", "3", NULL };

	usleep(50000);
	execv(self, argv);
	return unused;
}

static void *sleeps(void *unused)
{
	sleep(60);
	return unused;
}

/* Has files to close after it can be joined. */
static void *exits_slowly(void *unused)
{
	unshare(CLONE_FILES);
	for (int i = 0; i < 1000; i++)
		dup(0);
	return unused;
}

static void start(void *(*body)(void *))
{
	pthread_t thread;

	pthread_create(&thread, NULL, body, NULL);
}

int main(int argc, char **argv)
{
	self = argv[0];
	if (argc < 2)
		return 2;
	if (strcmp(argv[1], "code") == 0)
		return atoi(argv[2]);
	/* The first thread leaves, another one ends the process with 5. */
	if (strcmp(argv[1], "leader-first") == 0) {
		start(exits_5);
		pthread_exit(NULL);
	}
	/* Another thread calls exec; the program then ends with 3. */
	if (strcmp(argv[1], "exec-from-thread") == 0) {
		start(sleeps);
		start(execs);
		sleep(60);
	}
	/* Three threads, killed together. */
	if (strcmp(argv[1], "killed") == 0) {
		start(sleeps);
		start(sleeps);
		usleep(50000);
		kill(getpid(), SIGKILL);
	}
	/* A child that nobody waits for, which ends with 9. */
	if (strcmp(argv[1], "auto-reaped") == 0) {
		signal(SIGCHLD, SIG_IGN);
		if (fork() == 0)
			_exit(9);
		usleep(50000);
	}
	/* Children that end with 3 as soon as their other thread can be joined, which is before its exit is over. */
	if (strcmp(argv[1], "joined") == 0) {
		for (int i = 0; i < 300; i++) {
			if (fork() == 0) {
				pthread_t thread;

				pthread_create(&thread, NULL, exits_slowly, NULL);
				pthread_join(thread, NULL);
				_exit(3);
			}
			wait(NULL);
		}
	}
	/* A daemon: the parent has gone before its child ends, with 4. */
	if (strcmp(argv[1], "daemon") == 0) {
		if (fork() == 0) {
			usleep(200000);
			_exit(4);
		}
	}
	/* The same pid twice, if nobody forks in between: children that end with 1, then 2. */
	if (strcmp(argv[1], "reuse") == 0) {
		for (int i = 1; i <= 2; i++) {
			static pid_t first;
			FILE *last;
			pid_t pid;

			if (i == 2) {
				last = fopen("/proc/sys/kernel/ns_last_pid", "w");
				if (last == NULL)
					return 1;
				fprintf(last, "%d", first - 1);
				fclose(last);
			}
			pid = fork();
			if (pid == 0)
				_exit(i);
			waitpid(pid, NULL, 0);
			if (i == 2)
				return pid == first ? 0 : 1;
			first = pid;
		}
	}
	return 0;
}
