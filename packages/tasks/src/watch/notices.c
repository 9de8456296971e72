/*
 * A child that renames itself, leads a session, is traced for a moment and dumps core; see notices.kernel.test.ts.
 * With an argument: renames itself as often as it can until it is killed. cc notices.c
 */
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int ready[2], go[2];
	char byte = 0;
	pid_t child;

	while (argc > 1)
		prctl(PR_SET_NAME, "flood");
	if (pipe(ready) != 0 || pipe(go) != 0)
		return 1;
	child = fork();
	if (child == 0) {
		prctl(PR_SET_NAME, "a\nb\033[31mc\377\376");
		setsid();
		if (write(ready[1], &byte, 1) != 1 || read(go[0], &byte, 1) != 1)
			return 1;
		raise(SIGABRT);
	}
	if (read(ready[0], &byte, 1) != 1)
		return 1;
	if (ptrace(PTRACE_ATTACH, child, 0, 0) != 0 || waitpid(child, 0, 0) != child ||
	    ptrace(PTRACE_DETACH, child, 0, 0) != 0)
		return 1;
	if (write(go[1], &byte, 1) != 1)
		return 1;
	return waitpid(child, 0, 0) == child ? 0 : 1;
}
