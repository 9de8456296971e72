/* For each byte read, a child that sleeps until it is killed; its pid in a line. They end with the nest, and nobody reaps them. */
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(void) {
  char byte;
  signal(SIGCHLD, SIG_IGN);
  while (read(0, &byte, 1) == 1) {
    pid_t pid = fork();
    if (pid == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      for (;;) pause();
    }
    dprintf(1, "%d\n", pid);
  }
  return 0;
}
