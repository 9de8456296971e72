/* Computes for ARGV[1] milliseconds of its CPU time, in three functions that take 60, 30 and 10 of 100 parts. */
#include <stdlib.h>
#include <time.h>

static long cpu_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
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

int main(int argc, char **argv) {
  long end = (argc > 1 ? atol(argv[1]) : 500) * 1000;
  for (long from = 0; from < end; from += 200000) {
    sixty_parts(from + 120000);
    thirty_parts(from + 180000);
    ten_parts(from + 200000);
  }
  return 0;
}
