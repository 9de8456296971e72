/* Computes for ARGV[1] milliseconds of its CPU time (default 500), in three functions that take 60, 30 and 10 of 100 parts. With
   ARGV[2], in so many threads, each for as long. */
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

static long cpu_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

#define PART(name)                                                          \
  __attribute__((noinline)) void name(long until) {                         \
    volatile unsigned long sink = 1;                                        \
    while (cpu_us() < until)                                                \
      for (long i = 0; i < 100000; i++) sink = sink * 31 + 7;               \
  }

PART(sixty_parts)
PART(thirty_parts)
PART(ten_parts)

/* Rounds of 200 ms, so that few samples fall where one function ends and the next begins. */
static void compute(long end) {
  for (long from = 0; from < end; from += 200000) {
    sixty_parts(from + 120000 < end ? from + 120000 : end);
    thirty_parts(from + 180000 < end ? from + 180000 : end);
    ten_parts(from + 200000 < end ? from + 200000 : end);
  }
}

static void *thread(void *end) {
  compute((long)end);
  return NULL;
}

int main(int argc, char **argv) {
  long us = (argc > 1 ? atol(argv[1]) : 500) * 1000;
  int threads = argc > 2 ? atoi(argv[2]) : 0;
  pthread_t others[64];
  if (threads == 0) compute(us);
  for (int i = 0; i < threads; i++) pthread_create(&others[i], NULL, thread, (void *)us);
  for (int i = 0; i < threads; i++) pthread_join(others[i], NULL);
  return 0;
}
