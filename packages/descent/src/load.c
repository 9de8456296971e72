/*
 * A load whose every event is known: each of ROUNDS times it forks a child that
 *  0 exits with 7 at once             1 runs PROGRAM              2 kills itself by SIGKILL
 *  3 makes two threads, then exits 3  4 changes its ids, then runs PROGRAM (root of its user namespace only)
 *  5 leaves a daemon behind that is re-parented, and exits 0; the daemon runs PROGRAM
 *  6 runs PROGRAM from a thread that is not its first
 *  7 tries to run what is not there, then exits 9
 *  8 changes its group, user, fails to go back, and is killed by SIGTERM of its own (root only)
 * in turn, and waits for it. Prints how many it made of each.
 *
 * cc -pthread -o load load.c
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static char *program;

static void run(void)
{
	char *argv[] = { program, NULL };
	char *envp[] = { NULL };

	execve(program, argv, envp);
	_exit(127);
}

static void *nothing(void *of)
{
	return of;
}

static void *runs(void *of)
{
	run();
	return of;
}

static void thread(void *(*body)(void *))
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, body, NULL) == 0)
		pthread_join(thread, NULL);
}

static void daemonize(void)
{
	if (fork() != 0)
		_exit(0);
	setsid();
	usleep(2000);
	run();
}

static void child(int kind)
{
	switch (kind) {
	case 0:
		_exit(7);
	case 1:
		run();
	case 2:
		kill(getpid(), SIGKILL);
		pause();
	case 3:
		thread(nothing);
		thread(nothing);
		_exit(3);
	case 4:
		if (setgid(1) != 0 || setuid(1) != 0)
			_exit(99);
		run();
	case 5:
		daemonize();
	case 6:
		thread(runs);
		_exit(98);
	case 7: {
		char *argv[] = { "none", NULL };

		execv("/no/such/program", argv);
		_exit(9);
	}
	case 8:
		if (setresgid(1, 1, 1) != 0 || setresuid(1, 1, 1) != 0)
			_exit(97);
		if (setuid(0) == 0)
			_exit(96);
		kill(getpid(), SIGTERM);
		pause();
	}
}

int main(int argc, char **argv)
{
	int rounds, ids, i, kind;

	if (argc != 4) {
		fprintf(stderr, "usage: load ROUNDS IDS PROGRAM\n");
		return 2;
	}
	rounds = atoi(argv[1]);
	ids = atoi(argv[2]);
	program = argv[3];
	/* Daemons come to us, so that all have ended when we do. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	for (i = 0; i < rounds; i++) {
		for (kind = 0; kind < 9; kind++) {
			pid_t pid;

			if ((kind == 4 || kind == 8) && !ids)
				continue;
			pid = fork();
			if (pid == 0)
				child(kind);
			waitpid(pid, NULL, 0);
		}
	}
	while (wait(NULL) > 0)
		;
	return 5;
}
