/* For ARGV[1] milliseconds, starts a thread every few milliseconds that computes for 10 ms of its CPU time; eight at a time. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static long clock_ms(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static atomic_int alive;

static void *compute(void *unused) {
  while (clock_ms(CLOCK_THREAD_CPUTIME_ID) < 10);
  alive--;
  return unused;
}

int main(int argc, char **argv) {
  long end = clock_ms(CLOCK_MONOTONIC) + (argc > 1 ? atol(argv[1]) : 500);
  while (clock_ms(CLOCK_MONOTONIC) < end) {
    pthread_t thread;
    if (alive < 8 && pthread_create(&thread, NULL, compute, NULL) == 0) {
      alive++;
      pthread_detach(thread);
    }
    usleep(3000);
  }
  pthread_exit(NULL);
}
