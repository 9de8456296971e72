/**
 * C: a pid that passes from one process to the next at once. Before the watch, with the argument `helper`, it waits; then,
 * once the watched one says so, it has a child with a pid of its choice, which ends; the watched one gives that same pid to
 * its own child, which computes for 0.2 s. They speak through the file that the last argument names.
 */
export const REUSE_C = `
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
static pid_t with_pid(pid_t wanted) {
  struct clone_args args;
  memset(&args, 0, sizeof args);
  args.exit_signal = SIGCHLD;
  args.set_tid = (uint64_t)(uintptr_t)&wanted;
  args.set_tid_size = 1;
  return syscall(SYS_clone3, &args, sizeof args);
}
int main(int argc, char **argv) {
  int fd = open(argv[argc - 1], O_RDWR | O_CREAT, 0600);
  if (ftruncate(fd, 4096)) return 1;
  volatile int *word = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  const pid_t pid = 30123;
  if (argc > 2) {
    while (word[0] != 1);
    pid_t before = with_pid(pid);
    if (before == 0) _exit(0);
    if (before > 0) waitpid(before, 0, 0);
    word[0] = 2;
    return before < 0;
  }
  usleep(300000);
  word[0] = 1;
  while (word[0] != 2);
  pid_t child = with_pid(pid);
  if (child < 0) return 1;
  if (child == 0) {
    struct timespec t;
    do clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    while (t.tv_nsec < 200000000);
    _exit(7);
  }
  waitpid(child, 0, 0);
  return 0;
}
`;
