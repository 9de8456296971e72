/*
 * Renames itself as often as it can, for as many seconds as the argument says; prints how often that was.
 * Needs no privilege.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>

int main(int argc, char **argv)
{
	char name[16];
	long n = 0;
	time_t end = time(NULL) + (argc > 1 ? atoi(argv[1]) : 1);

	while (time(NULL) < end) {
		for (int i = 0; i < 256; i++, n++) {
			snprintf(name, sizeof name, "flood %ld", n & 0xffff);
			prctl(PR_SET_NAME, name);
		}
	}
	printf("%ld\n", n);
	return 0;
}
