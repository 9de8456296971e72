// Needs of the kernel: System V semaphores, for any user; perl and cc for peers.
import { compileC, compiler, kernelTest } from "@task-watchers/kernel-test";
import { afterAll, expect } from "vitest";
import { leftBehind, perl, perlPeer, until, withPeer, withSet } from "./sets.fixture.ts";

afterAll(() => expect(leftBehind()).toEqual([]));

const C_PEER = `
#include <stdio.h>
#include <stdlib.h>
#include <sys/sem.h>
int main(int argc, char **argv) {
  int id = atoi(argv[1]);
  struct sembuf take = { 0, -1, SEM_UNDO };
  if (argc < 2 || semop(id, &take, 1) != 0) return 1;
  printf("%d %d\\n", semctl(id, 0, GETVAL), semctl(id, 1, GETVAL));
  fflush(stdout);
  return getchar() == EOF ? 0 : 2;
}
`;

kernelTest("makes all steps or none, in order, on several semaphores", [], async () => {
  await withSet({ count: 2, initial: [2, 0] }, async (set) => {
    const move = [
      { semaphore: 0, change: -1 },
      { semaphore: 1, change: 1 },
    ];
    await set.operate(move);
    expect(set.values()).toEqual([1, 1]);
    expect(set.tryOperate([...move, { semaphore: 0, change: -1 }])).toBe(false);
    expect(set.tryOperate([{ semaphore: 0, change: 0 }])).toBe(false);
    expect(set.values()).toEqual([1, 1]);
    const upAndDown = [
      { semaphore: 0, change: 1 },
      { semaphore: 0, change: -2 },
      { semaphore: 0, change: 0 },
    ];
    expect(set.tryOperate(upAndDown)).toBe(true);
    expect(set.values()).toEqual([0, 1]);
  });
});

kernelTest("values end at 32767 and what is given back at 32768: ERANGE", [], async () => {
  await withSet({ count: 1 }, async (set) => {
    const change = (n: number, undo: boolean) =>
      set.tryOperate([{ semaphore: 0, change: n }], { undo });
    expect(change(32_767, true)).toBe(true);
    const error = { name: "SemaphoreError", code: "ERANGE", semaphore: 0, set: set.id };
    expect(() => change(1, false)).toThrow(expect.objectContaining(error));
    expect(change(-10, false)).toBe(true);
    expect(change(1, true)).toBe(true);
    expect(() => change(1, true)).toThrow(expect.objectContaining(error));
    expect(set.value(0)).toBe(32_758);
  });
});

kernelTest("holds are given back once, whatever ends them", [], async () => {
  await withSet({ initial: 3 }, async (set) => {
    {
      using first = await set.acquire(0);
      await using second = await set.acquire(0, 2);
      expect([first.units, second.units, set.value(0)]).toEqual([1, 2, 0]);
      expect(set.tryAcquire(0)).toBeUndefined();
    }
    const hold = set.tryAcquire(0);
    hold?.release();
    expect(() => hold?.release()).toThrow(expect.objectContaining({ code: "EALREADY" }));
    expect(set.value(0)).toBe(3);
  });
});

kernelTest("nothing is taken when arguments, signal or time forbid it", [], async () => {
  await withSet({ initial: 1 }, async (set) => {
    await expect(set.acquire(1)).rejects.toMatchObject({ code: "EFBIG", semaphore: 1 });
    await expect(set.acquire(0, 40_000)).rejects.toMatchObject({ code: "ERANGE" });
    await expect(set.acquire(0, 1, { timeoutMs: -1 })).rejects.toThrow(RangeError);
    const reason = new Error("why");
    const signal = AbortSignal.abort(reason);
    const aborted = { name: "AbortError", code: "ABORT_ERR", cause: reason };
    await expect(set.acquire(0, 1, { signal })).rejects.toMatchObject(aborted);
    await expect(set.acquire(0, 2, { timeoutMs: 0 })).rejects.toMatchObject({ code: "ETIMEDOUT" });
    expect(set.values()).toEqual([1]);
  });
});

kernelTest("a removed set is told as EIDRM by all that needs it", [], async () => {
  await withSet({ initial: 1 }, async (set) => {
    const hold = await set.acquire(0);
    set.remove();
    const error = { name: "SemaphoreError", code: "EIDRM", set: set.id };
    const calls = [
      () => hold.release(),
      () => set.tryAcquire(0),
      () => set.values(),
      () => set.info(0),
      () => set.stat(),
      () => set.setValue(0, 1),
      () => set.remove(),
    ];
    for (const call of calls) expect(call).toThrow(expect.objectContaining(error));
    expect(() => hold[Symbol.dispose]()).not.toThrow();
    await expect(set.acquire(0)).rejects.toMatchObject(error);
  });
});

kernelTest("a Perl peer sees our values, and we see who it is", [perl], async () => {
  await withSet({ count: 2, initial: [4, 9] }, async (set) => {
    const program = `
      my $all = ""; semctl($id, 0, 13, $all) or die $!;
      say(join(",", unpack("S*", $all)));
      wait_line(); op(-3); say("took, left " . get()); wait_line();
    `;
    await withPeer(perlPeer(set.id, program), async (peer) => {
      await peer.says("4,9\n");
      peer.tell("go");
      await peer.says("took, left 1\n");
      expect(set.info(0)).toEqual({ value: 1, lastPid: peer.pid, waiting: 0, waitingForZero: 0 });
    });
  });
});

kernelTest("a Perl peer that waits is counted, and woken by what we give", [perl], async () => {
  await withSet({ count: 1, initial: 1 }, async (set) => {
    await withPeer(perlPeer(set.id, `op(0); say("zero"); op(-2); say("two")`), async (peer) => {
      await until("it waits for zero", () => set.info(0).waitingForZero === 1);
      const hold = await set.acquire(0);
      await peer.says("zero\n");
      await until("it waits for units", () => set.info(0).waiting === 1);
      hold.release();
      set.tryOperate([{ semaphore: 0, change: 1 }]);
      await peer.says("two\n");
      expect(set.value(0)).toBe(0);
    });
  });
});

kernelTest("a C peer takes what we give, and its end gives it back", [compiler], async () => {
  const program = compileC(C_PEER, "semaphore-peer");
  await withSet({ count: 2, initial: [0, 5] }, async (set) => {
    await withPeer([program, `${set.id}`], async (peer) => {
      await until("it waits", () => set.info(0).waiting === 1);
      set.tryOperate([{ semaphore: 0, change: 1 }]);
      await peer.says("0 5\n");
      expect(set.tryAcquire(0)).toBeUndefined();
      await peer.end();
      expect(set.info(0)).toMatchObject({ value: 1, lastPid: peer.pid });
    });
  });
});
