/*
 * ids COUNT [wait]
 *
 * Changes the effective ids COUNT times, in this thread and in another at the same time: by the system calls themselves, which change
 * one thread's. With "wait", in this thread alone; then says so and waits for the end of its input.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static int count;

static void *change(void *unused)
{
	int i;

	(void)unused;
	for (i = 1; i <= count; i++) {
		syscall(SYS_setresgid, -1, i % 2 ? 65534 : 0, -1);
		syscall(SYS_setresuid, -1, i % 2 ? 65534 : 0, -1);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t thread;

	count = argc > 1 ? atoi(argv[1]) : 0;
	if (argc > 2) {
		change(NULL);
		puts("changed");
		fflush(stdout);
		getchar();
		return 0;
	}
	pthread_create(&thread, NULL, change, NULL);
	change(NULL);
	pthread_join(thread, NULL);
	return 0;
}
