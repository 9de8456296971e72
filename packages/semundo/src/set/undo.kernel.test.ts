// Needs of the kernel: System V semaphores, for any user; perl for peers. The rules are those of the Linux Test Project and
// of semop(2): what the kernel gives back, when, and what makes it forget.
import { compileC, compiler, kernelTest } from "@task-watchers/kernel-test";
import { afterAll, expect } from "vitest";
import { openSemaphores } from "./open-semaphores.ts";
import {
  freshKey,
  installedPeer,
  leftBehind,
  perl,
  perlPeer,
  until,
  withPeer,
  withSet,
} from "./sets.fixture.ts";

afterAll(() => expect(leftBehind()).toEqual([]));

const THREADS = `
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/sem.h>
static int id;
static void *take(void *unused) {
  struct sembuf one = { 0, -1, SEM_UNDO };
  return semop(id, &one, 1) == 0 ? unused : (void *)1;
}
int main(int argc, char **argv) {
  pthread_t thread;
  void *failed;
  id = argc > 1 ? atoi(argv[1]) : -1;
  if (pthread_create(&thread, NULL, take, NULL) != 0) return 1;
  if (pthread_join(thread, &failed) != 0 || failed != NULL) return 1;
  puts("thread ended");
  fflush(stdout);
  return getchar() == EOF ? 0 : 2;
}
`;

kernelTest("whatever ends a process, what it took with undo goes back", [perl], async () => {
  await withSet({ initial: 3 }, async (set) => {
    for (const signal of [undefined, "SIGTERM", "SIGKILL", "SIGSEGV"] as const) {
      const program = `op(-2, $UNDO); op(1, $UNDO); op(-1); say("took"); wait_line();`;
      await withPeer(perlPeer(set.id, program), async (peer) => {
        await peer.says("took");
        expect(set.value(0)).toBe(1);
        await peer.end(signal);
      });
      // What it took without undo stays away: that we give back.
      expect(set.value(0)).toBe(2);
      set.tryOperate([{ semaphore: 0, change: 1 }]);
    }
  });
});

kernelTest("only the last thread's end gives back", [compiler], async () => {
  const program = compileC(THREADS, "semaphore-threads");
  await withSet({ initial: 1 }, async (set) => {
    await withPeer([program, `${set.id}`], async (peer) => {
      await peer.says("thread ended");
      expect(set.value(0)).toBe(0);
      await peer.end();
      expect(set.value(0)).toBe(1);
    });
  });
});

kernelTest("what our waiting thread took is the process's, until that is killed", [], async () => {
  const key = freshKey();
  await withSet({ key }, async (set) => {
    const program = `
      const set = await openSemaphores({ key: ${key} });
      await set.acquire(0);
      await set.close();
      console.log("took, threads ended");
      setInterval(() => {}, 1000);
    `;
    await withPeer(installedPeer(program), async (peer) => {
      await until("it waits", () => set.info(0).waiting === 1);
      set.tryOperate([{ semaphore: 0, change: 1 }]);
      await peer.says("took, threads ended");
      expect(set.value(0)).toBe(0);
      await peer.end("SIGKILL");
      expect(set.info(0)).toMatchObject({ value: 1, lastPid: peer.pid });
    });
  });
});

kernelTest("exec keeps what is to be given back", [perl], async () => {
  await withSet({ initial: 1 }, async (set) => {
    const program = `op(-1, $UNDO); exec("sh", "-c", "echo now a shell; read line") or die;`;
    await withPeer(perlPeer(set.id, program), async (peer) => {
      await peer.says("now a shell");
      expect(set.value(0)).toBe(0);
      await peer.end();
      expect(set.value(0)).toBe(1);
    });
  });
});

kernelTest("a fork's child starts with nothing to give back", [perl], async () => {
  await withSet({ initial: 1 }, async (set) => {
    const program = `
      op(-1, $UNDO);
      my $child = fork();
      exit 0 if $child == 0;
      waitpid($child, 0); say("child ended"); wait_line();
    `;
    await withPeer(perlPeer(set.id, program), async (peer) => {
      await peer.says("child ended");
      expect(set.value(0)).toBe(0);
      await peer.end();
      expect(set.value(0)).toBe(1);
    });
  });
});

kernelTest("setValue() makes the kernel forget, even with the same value", [perl], async () => {
  await withSet({ initial: 5 }, async (set) => {
    await withPeer(perlPeer(set.id, `op(-2, $UNDO); say("took"); wait_line();`), async (peer) => {
      await peer.says("took");
      set.setValue(0, 3);
      await peer.end("SIGKILL");
      expect(set.value(0)).toBe(3);
    });
  });
});

kernelTest(
  "remove() makes the kernel forget: a new set of that key is not touched",
  [perl],
  async () => {
    const key = freshKey();
    await withSet({ key, initial: 5 }, async (set) => {
      await withPeer(perlPeer(set.id, `op(-2, $UNDO); say("took"); wait_line();`), async (peer) => {
        await peer.says("took");
        set.remove();
        await withSet({ key, initial: 1 }, async (second) => {
          await peer.end("SIGKILL");
          expect(second.value(0)).toBe(1);
          expect((await openSemaphores({ key })).id).toBe(second.id);
        });
      });
    });
  },
);

kernelTest("what goes back is clamped at 0 and at 32767", [perl], async () => {
  await withSet({ initial: 0 }, async (set) => {
    await withPeer(perlPeer(set.id, `op(5, $UNDO); say("gave"); wait_line();`), async (peer) => {
      await peer.says("gave");
      set.tryOperate([{ semaphore: 0, change: -3 }]);
      await peer.end("SIGKILL");
      expect(set.value(0)).toBe(0);
    });
  });
  await withSet({ initial: 32_767 }, async (set) => {
    await withPeer(perlPeer(set.id, `op(-5, $UNDO); say("took"); wait_line();`), async (peer) => {
      await peer.says("took");
      set.tryOperate([{ semaphore: 0, change: 4 }]);
      await peer.end("SIGKILL");
      expect(set.value(0)).toBe(32_767);
    });
  });
});
