/*
 * Makes execs that no shell makes. peer WHAT: prints the error number of the exec that failed, or is /bin/echo.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static char *const none[] = { NULL };
static char page_file[] = "/bin/echo";

/* Memory of two pages, the second of which cannot be touched; below 4 GiB, for the calls with 32-bit pointers. */
static char *edge(void)
{
	char *two = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	mprotect(two + 4096, 4096, PROT_NONE);
	return two + 4096;
}

static void *from_thread(void *unused)
{
	char *argv[] = { "echo", "from a thread", NULL };

	execve("/bin/echo", argv, none);
	return NULL;
}

static long int80(long nr, long a, long b, long c, long d, long e)
{
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(nr), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e)
			 : "memory", "r8", "r9", "r10", "r11");
	return result;
}

/* Four-byte pointers to "echo", "i386" and an end, with the strings behind them. */
static unsigned int *small_argv(const char *word)
{
	char *low = edge() - 4096;
	unsigned int *argv = (unsigned int *)low;

	strcpy(low + 100, "echo");
	strcpy(low + 200, word);
	strcpy(low + 300, page_file);
	argv[0] = (unsigned long)(low + 100);
	argv[1] = (unsigned long)(low + 200);
	argv[2] = 0;
	return argv;
}

static void result(long value)
{
	if (value < 0 && value > -4096 && value != -1)
		errno = -value;
	printf("%d\n", errno);
	exit(0);
}

static void filter_here(unsigned int action, unsigned int number, unsigned int flags)
{
	struct sock_filter program[] = {
		{ 0x20, 0, 0, 0 },
		{ 0x15, 0, 1, number },
		{ 0x06, 0, 0, action },
		{ 0x06, 0, 0, SECCOMP_RET_ALLOW },
	};
	struct sock_fprog fprog = { 4, program };

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &fprog) < 0)
		result(-1);
}

static void nothing(int signal)
{
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	char *end = edge();
	char *words[] = { "echo", what[0] ? argv[1] : "", NULL };

	if (!strcmp(what, "bad-path"))
		result(execve((char *)8, words, none));
	if (!strcmp(what, "bad-argv"))
		result(execve(page_file, (char **)8, none));
	if (!strcmp(what, "bad-argument")) {
		words[1] = (char *)8;
		result(execve(page_file, words, none));
	}
	if (!strcmp(what, "no-end")) {
		words[1] = memset(end - 100, 'x', 100);
		result(execve(page_file, words, none));
	}
	if (!strcmp(what, "array-without-end")) {
		char **last = (char **)end - 1;

		*last = "echo";
		result(execve(page_file, last, none));
	}
	if (!strcmp(what, "too-long")) {
		words[1] = calloc(1, 131073);
		memset(words[1], 'x', 131072);
		result(execve(page_file, words, none));
	}
	if (!strcmp(what, "at-the-edge")) {
		words[1] = strcpy(end - 5, "edge");
		execve(page_file, words, none);
	}
	if (!strcmp(what, "unaligned")) {
		char *two = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		memcpy(two + 4096 - 11, words, sizeof(words));
		execve(page_file, (char **)(two + 4096 - 11), none);
	}
	if (!strcmp(what, "null-argv"))
		result(execve("/nonexistent", NULL, NULL));
	if (!strcmp(what, "empty-path")) {
		int fd = open(page_file, O_PATH);

		syscall(SYS_execveat, fd, "", words, none, AT_EMPTY_PATH);
	}
	if (!strcmp(what, "at-directory"))
		syscall(SYS_execveat, open("/bin", O_PATH), "echo", words, none, 0);
	if (!strcmp(what, "thread")) {
		pthread_t thread;

		pthread_create(&thread, NULL, from_thread, NULL);
		pthread_join(thread, NULL);
	}
	if (!strcmp(what, "i386")) {
		unsigned int *argv = small_argv(what);

		result(int80(11, (long)argv + 300, (long)argv, 0, 0, 0));
	}
	if (!strcmp(what, "i386-at")) {
		unsigned int *argv = small_argv(what);

		result(int80(358, AT_FDCWD, (long)argv + 300, (long)argv, 0, 0));
	}
	if (!strcmp(what, "x32")) {
		unsigned int *argv = small_argv(what);

		result(syscall(0x40000208, (long)argv + 300, argv, NULL));
	}
	if (!strcmp(what, "x32-fault"))
		result(syscall(0x40000208, 8L, 8L, NULL));
	if (!strcmp(what, "twice")) {
		/* Not a fork any more: fails, fails, succeeds. */
		execve("/nonexistent", words, none);
		execve("/etc", words, none);
		execve(page_file, words, none);
	}
	if (!strcmp(what, "own-filter")) {
		filter_here(SECCOMP_RET_ERRNO | 99, SYS_acct, 0);
		execve(page_file, words, none);
	}
	if (!strcmp(what, "own-listener")) {
		filter_here(SECCOMP_RET_USER_NOTIF, SYS_acct, SECCOMP_FILTER_FLAG_NEW_LISTENER);
		result(0);
	}
	if (!strcmp(what, "sandbox")) {
		filter_here(SECCOMP_RET_ERRNO | EPERM, SYS_seccomp, 0);
		execvp(argv[2], argv + 2);
	}
	if (!strcmp(what, "alarmed")) {
		/* Signals with a handler, while the exec stands still. */
		struct sigaction action = { .sa_handler = nothing };
		struct itimerspec often = { { 0, 3000000 }, { 0, 20000000 } };
		timer_t timer;

		sigaction(SIGALRM, &action, NULL);
		timer_create(CLOCK_MONOTONIC, NULL, &timer);
		timer_settime(timer, 0, &often, NULL);
		result(execve("/nonexistent", words, none));
	}
	result(execve(page_file, words, none));
}
