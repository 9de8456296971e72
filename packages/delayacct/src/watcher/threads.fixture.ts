/** C: three threads compute for 100 ms of CPU time each and end; with an argument another thread then runs `sleep 0.2`. */
export const THREADS_C = `
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
static void *compute(void *unused) {
  struct timespec t;
  do clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  while (t.tv_sec == 0 && t.tv_nsec < 100000000);
  return unused;
}
static void *run(void *unused) {
  execlp("sleep", "sleep", "0.2", NULL);
  exit(127);
}
int main(int argc, char **argv) {
  pthread_t threads[3], runner;
  for (int i = 0; i < 3; i++) pthread_create(&threads[i], NULL, compute, NULL);
  for (int i = 0; i < 3; i++) pthread_join(threads[i], NULL);
  if (argc > 1) pthread_create(&runner, NULL, run, NULL);
  if (argc > 1) pause();
  return 0;
}
`;
