/*
 * To be preloaded: calls on a seccomp listener give, every third time, what they give when a signal comes while the kernel waits for
 * the listener's lock. No test can make that happen at will.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int is_turn(int fd)
{
	static atomic_int calls;
	char name[32], target[64];
	ssize_t n;

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	n = readlink(name, target, sizeof(target) - 1);
	if (n < 0)
		return 0;
	target[n] = 0;
	return strstr(target, "seccomp") && ++calls % 3 == 0;
}

int poll(struct pollfd *fds, nfds_t n, int timeout)
{
	int (*real)(struct pollfd *, nfds_t, int) = dlsym(RTLD_NEXT, "poll");

	if (n != 1 || !is_turn(fds->fd))
		return real(fds, n, timeout);
	fds->revents = POLLERR;
	return 1;
}

int ioctl(int fd, unsigned long request, ...)
{
	int (*real)(int, unsigned long, void *) = dlsym(RTLD_NEXT, "ioctl");
	va_list list;
	void *argument;

	va_start(list, request);
	argument = va_arg(list, void *);
	va_end(list);
	/* _IOC_TYPE '!': of seccomp. */
	if ((request >> 8 & 0xff) != '!' || !is_turn(fd))
		return real(fd, request, argument);
	errno = EINTR;
	return -1;
}
