/*
 * Tasks that live and end in the ways a listener has to tell apart.
 *
 * lives exit CODE          ends with that code
 * lives kill SIGNAL        ends by that signal, whatever core it leaves
 * lives last CODE          the first thread ends early, another ends the process with CODE
 * lives exec PROGRAM       another thread than the first executes PROGRAM
 * lives bytes PROGRAM      executes PROGRAM with an empty argument and one of every byte but 0
 * lives uring              has the kernel make a thread of its own for us, if it will; says 1 or 0
 * lives parent             forks a child that is given to our own parent (CLONE_PARENT); says its pid
 */
#define _GNU_SOURCE
#include <linux/io_uring.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static char *argument;

static void *end_process(void *unused)
{
	(void)unused;
	usleep(20000);
	exit(atoi(argument));
}

static void *execute(void *unused)
{
	char *argv[] = { "from a thread", NULL };

	(void)unused;
	execv(argument, argv);
	exit(127);
}

static void bytes(void)
{
	char all[256];
	char *argv[] = { "bytes", "", all, NULL };
	int i;

	for (i = 1; i < 256; i++)
		all[i - 1] = i;
	all[255] = 0;
	execv(argument, argv);
	exit(127);
}

static void uring(void)
{
	struct io_uring_params params;

	memset(&params, 0, sizeof(params));
	params.flags = IORING_SETUP_SQPOLL;
	printf("%d\n", syscall(SYS_io_uring_setup, 1, &params) >= 0);
}

static void give_to_parent(void)
{
	long pid = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		_exit(0);
	printf("%ld\n", pid);
}

int main(int argc, char **argv)
{
	struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
	pthread_t thread;

	if (argc < 2)
		return 2;
	argument = argc > 2 ? argv[2] : "";
	if (!strcmp(argv[1], "exit"))
		return atoi(argument);
	if (!strcmp(argv[1], "kill")) {
		setrlimit(RLIMIT_CORE, &unlimited);
		raise(atoi(argument));
	}
	if (!strcmp(argv[1], "bytes"))
		bytes();
	if (!strcmp(argv[1], "uring"))
		uring();
	if (!strcmp(argv[1], "parent"))
		give_to_parent();
	if (!strcmp(argv[1], "last")) {
		pthread_create(&thread, NULL, end_process, NULL);
		pthread_exit(NULL);
	}
	if (!strcmp(argv[1], "exec")) {
		pthread_create(&thread, NULL, execute, NULL);
		pthread_join(thread, NULL);
	}
	return 0;
}
