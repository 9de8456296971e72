/*
 * Makes every kind of process event once, and prints "<what> <pid>" for whoever made it.
 * Needs root, to change user. Ends with code 0.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void check(int failed, const char *what)
{
	if (failed) {
		perror(what);
		exit(1);
	}
}

static void as_nobody(void)
{
	check(setresgid(65533, 65533, 65533), "setresgid");
	check(setresuid(65534, 65534, 65534), "setresuid");
	_exit(0);
}

static void in_session(void)
{
	check(setsid() < 0, "setsid");
	_exit(0);
}

static void dumps(void)
{
	struct rlimit none = {0, 0};

	/* The signal is one that dumps core; no file is to be left behind. */
	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0);
	abort();
}

static void runs(void)
{
	/* Long enough for its arguments to be read. */
	execl("/bin/sh", "every-kind-sh", "-c", "sleep 1; exit 7", NULL);
	_exit(1);
}

static void waits(void)
{
	for (;;)
		pause();
}

static pid_t begin(const char *what, void (*body)(void))
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	check(pid < 0, "fork");
	if (pid == 0)
		body();
	printf("%s %d\n", what, pid);
	return pid;
}

static void *work(void *unused)
{
	printf("thread %ld\n", syscall(SYS_gettid));
	prctl(PR_SET_NAME, "worker");
	return unused;
}

int main(void)
{
	pthread_t thread;
	pid_t traced;

	setvbuf(stdout, NULL, _IOFBF, 4096);
	printf("main %d\n", getpid());
	prctl(PR_SET_NAME, "a\nb\x1b[31mc\xff\xfe");
	waitpid(begin("nobody", as_nobody), NULL, 0);
	waitpid(begin("session", in_session), NULL, 0);
	waitpid(begin("dump", dumps), NULL, 0);
	waitpid(begin("run", runs), NULL, 0);

	traced = begin("traced", waits);
	check(ptrace(PTRACE_SEIZE, traced, 0, 0), "seize");
	check(ptrace(PTRACE_INTERRUPT, traced, 0, 0), "interrupt");
	waitpid(traced, NULL, __WALL);
	check(ptrace(PTRACE_DETACH, traced, 0, 0), "detach");
	kill(traced, SIGKILL);
	waitpid(traced, NULL, 0);

	check(pthread_create(&thread, NULL, work, NULL), "pthread_create");
	pthread_join(thread, NULL);
	return 0;
}
