import { expect, test } from "vitest";
import { FakeHolders, FakeKernel, FakeSet } from "./fake-kernel.fixture.ts";
import { createLedger } from "./ledger.ts";
import type { UndoLedger } from "./undo-ledger.ts";
import type { UndoReport } from "./undo-report.ts";

interface Scene {
  readonly kernel: FakeKernel;
  readonly holders: FakeHolders;
  readonly ledger: UndoLedger;
  readonly set: FakeSet;
  readonly reports: UndoReport[];
}

function scene(...values: number[]): Scene {
  const kernel = new FakeKernel();
  kernel.make(1, values);
  const holders = new FakeHolders();
  const ledger = createLedger({}, holders.parts(kernel));
  const reports: UndoReport[] = [];
  ledger.onUndo((report) => reports.push(report));
  return { kernel, holders, ledger, set: new FakeSet(kernel, 1), reports };
}

const take = (semaphore: number, units: number): { semaphore: number; change: number }[] => [
  { semaphore, change: -units },
];

test("what a holder holds goes back when it ends, once", async () => {
  const { kernel, holders, ledger, set, reports } = scene(3);
  const end = new AbortController().signal;
  const hold = await ledger.holder(end).acquire(set, 0, { units: 2 });
  expect(kernel.value(1, 0)).toBe(1);
  holders.end(end);
  holders.end(end);
  hold[Symbol.dispose]();
  expect(() => hold.release()).toThrow(expect.objectContaining({ code: "EALREADY" }));
  expect(kernel.sets.get(1)).toEqual({ values: [3], record: [0] });
  expect(reports).toMatchObject([{ adjust: 2, dropped: 0, reason: "end", holder: "scope" }]);
  expect(ledger.counters()).toMatchObject({ holders: 0, undone: 1 });
  expect(holders.open).toBe(0);
});

test("a hold given back twice is an error, and gives nothing twice", async () => {
  const { kernel, holders, ledger, set } = scene(3);
  const hold = await ledger.scope().acquire(set, 0);
  hold.release();
  expect(() => hold.release()).toThrow(expect.objectContaining({ code: "EALREADY" }));
  expect(kernel.value(1, 0)).toBe(3);
  expect(holders.open).toBe(0);
});

test("every unit goes back exactly once, in whatever order ends and releases come", () => {
  let state = 9;
  const below = (n: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) % n;
  };
  for (let round = 0; round < 300; round++) {
    const { kernel, holders, ledger, set } = scene(50, 50);
    const signals = Array.from({ length: 4 }, () => new AbortController().signal);
    const scopes = signals.map((signal) => ledger.holder(signal));
    const holds = scopes.flatMap((scope) =>
      [0, 1].map((semaphore) => scope.tryAcquire(set, semaphore, 1 + below(5))),
    );
    for (let n = 0; n < 30; n++) {
      const which = below(4);
      const action = below(4);
      if (action === 0) holders.end(signals[which]);
      if (action === 1) scopes[which]?.release();
      if (action === 2) holds[below(8)]?.[Symbol.dispose]();
      if (action === 3 && n < 15) scopes[which]?.tryOperate(set, take(below(2), 1 + below(3)));
    }
    ledger.close();
    for (const hold of holds) hold?.[Symbol.dispose]();
    expect(kernel.sets.get(1)).toEqual({ values: [50, 50], record: [0, 0] });
    expect(holders.open).toBe(0);
  }
});

test("a hold may go to another holder, whose end then gives it back", async () => {
  const { kernel, holders, ledger, set } = scene(1);
  const [first, second] = [new AbortController().signal, new AbortController().signal];
  const hold = await ledger.holder(first).acquire(set, 0);
  const { operations } = kernel;
  const moved = ledger.move(hold, second);
  expect(kernel.operations).toBe(operations);
  expect(() => ledger.move(hold, second)).toThrow(expect.objectContaining({ code: "EALREADY" }));
  holders.end(first);
  hold[Symbol.dispose]();
  expect(kernel.value(1, 0)).toBe(0);
  expect(moved.released).toBe(false);
  holders.end(second);
  expect(moved.released).toBe(true);
  expect(kernel.sets.get(1)).toEqual({ values: [1], record: [0] });
  expect(holders.open).toBe(0);
});

test("a hold that evens out what its holder gave before is a hold all the same", async () => {
  const { kernel, holders, ledger, set } = scene(1);
  const end = new AbortController().signal;
  const holder = ledger.holder(end);
  holder.tryOperate(set, [{ semaphore: 0, change: 1 }]);
  const hold = await holder.acquire(set, 0);
  expect(holder.held()).toEqual([]);
  hold.release();
  expect(kernel.value(1, 0)).toBe(2);
  expect(holder.held()).toEqual([{ set: 1, semaphore: 0, adjust: -1 }]);
  holders.end(end);
  expect(kernel.sets.get(1)).toEqual({ values: [1], record: [0] });
  expect(holders.open).toBe(0);
});

test("a holder that ends while it waits gets nothing", async () => {
  const { kernel, holders, ledger, set } = scene(0);
  const end = new AbortController().signal;
  const waiting = ledger.holder(end).acquire(set, 0);
  holders.end(end);
  await expect(waiting).rejects.toMatchObject({ code: "ESRCH" });
  kernel.make(1, [1]);
  set.retry();
  expect(kernel.value(1, 0)).toBe(1);
  expect(holders.open).toBe(0);
});

test("what was done for a holder that ended meanwhile is taken back at once", async () => {
  const { kernel, holders, ledger, set, reports } = scene(0);
  const end = new AbortController().signal;
  const waiting = ledger.holder(end).operate(set, take(0, 1));
  kernel.make(1, [1]);
  // Done, and its end comes before the promise has told of it.
  set.retry();
  holders.end(end);
  await expect(waiting).rejects.toMatchObject({ code: "ESRCH" });
  expect(kernel.sets.get(1)).toEqual({ values: [1], record: [0] });
  expect(reports).toMatchObject([{ reason: "race", adjust: 1 }]);
});

test("a record that would grow too far is refused before anything happens", () => {
  const { kernel, holders, ledger, set } = scene(0);
  const scope = ledger.scope();
  const give = (change: number): boolean => scope.tryOperate(set, [{ semaphore: 0, change }]);
  give(32_767);
  kernel.sets.get(1)?.values.splice(0, 1, 0);
  give(1);
  const { operations } = kernel;
  expect(() => give(1)).toThrow(expect.objectContaining({ code: "ERANGE", semaphore: 0 }));
  expect(kernel.operations).toBe(operations);
  expect(kernel.value(1, 0)).toBe(1);
  scope.release();
  expect(kernel.sets.get(1)).toEqual({ values: [0], record: [0] });
  expect(ledger.counters()).toMatchObject({ dropped: 32_767 });
  expect(holders.open).toBe(0);
});

test("a set that was removed costs nobody else anything", async () => {
  const { kernel, holders, ledger, set, reports } = scene(1);
  kernel.make(2, [1]);
  const other = new FakeSet(kernel, 2);
  const end = new AbortController().signal;
  const holder = ledger.holder(end);
  const hold = await holder.acquire(set, 0);
  await holder.acquire(other, 0);
  kernel.sets.delete(1);
  holders.end(end);
  expect(kernel.value(2, 0)).toBe(1);
  expect(ledger.counters()).toMatchObject({ setsGone: 1, undone: 1, failed: 0 });
  // The set used last comes first, as in the kernel.
  expect(reports).toMatchObject([{ set: 2 }, { set: 1, failed: "EINVAL" }]);
  hold[Symbol.dispose]();
});

test("releasing on a set that was removed is an error, and the hold is void", async () => {
  const { kernel, holders, ledger, set } = scene(1);
  const hold = await ledger.scope().acquire(set, 0);
  kernel.sets.delete(1);
  expect(() => hold.release()).toThrow(expect.objectContaining({ code: "EINVAL" }));
  expect(hold.released).toBe(true);
  expect(holders.open).toBe(0);
});

test("a ledger that is closed gives everything back and takes nothing", async () => {
  const { kernel, ledger, set } = scene(1);
  const scope = ledger.scope();
  await scope.acquire(set, 0);
  const waiting = scope.acquire(set, 0);
  ledger.close();
  ledger.close();
  await expect(waiting).rejects.toMatchObject({ code: "ECANCELED" });
  await expect(scope.acquire(set, 0)).rejects.toMatchObject({ code: "ECANCELED" });
  expect(kernel.value(1, 0)).toBe(1);
});

test("holder() refuses what can be none", () => {
  const { ledger } = scene(1);
  for (const pid of [0, -1, 1.5, Number.NaN, 2 ** 31]) {
    expect(() => ledger.holder(pid)).toThrow(RangeError);
  }
  expect(() => ledger.holder({} as never)).toThrow(/got object$/u);
  expect(() => ledger.holder(AbortSignal.abort())).toThrow(
    expect.objectContaining({ code: "ESRCH" }),
  );
});

test("units must be some", async () => {
  const { ledger, set } = scene(1);
  await expect(ledger.scope().acquire(set, 0, { units: 0 })).rejects.toThrow(RangeError);
  expect(() => ledger.scope().tryAcquire(set, 0, 32_768)).toThrow(RangeError);
});
