import { expect, test } from "vitest";
import { SemaphoreError } from "../set/semaphore-error.ts";
import { CurrentSet } from "./current-set.ts";

const [EIDRM, ECANCELED] = [43, 125];

class FakeSet {
  isRemoved = false;
  closes = 0;

  async close(): Promise<void> {
    this.closes++;
  }

  take(): string {
    if (this.isRemoved) throw new SemaphoreError("semop", EIDRM);
    return "taken";
  }
}

function scene(): { readonly made: FakeSet[]; readonly current: CurrentSet<FakeSet> } {
  const made: FakeSet[] = [];
  const current = new CurrentSet("t", async () => {
    await Promise.resolve();
    const set = new FakeSet();
    made.push(set);
    return set;
  });
  return { made, current };
}

test("all that find the set removed open one new set, and close() closes that", async () => {
  const { made, current } = scene();
  const first = await current.open();
  first.isRemoved = true;
  const steps = Array.from({ length: 20 }, () => current.use((set) => set.take()));
  expect(new Set(await Promise.all(steps))).toEqual(new Set(["taken"]));
  expect(made.map(({ closes }) => closes)).toEqual([1, 0]);
  await current.close();
  expect(made.map(({ closes }) => closes)).toEqual([1, 1]);
});

test("what is under way when it is closed ends with ECANCELED, and a set just opened is closed", async () => {
  const { made, current } = scene();
  const first = await current.open();
  first.isRemoved = true;
  const steps = Array.from({ length: 3 }, () => current.use((set) => set.take()));
  await Promise.resolve();
  const closed = current.close();
  for (const step of await Promise.allSettled(steps)) {
    expect(step).toMatchObject({ status: "rejected", reason: { code: "ECANCELED" } });
  }
  await closed;
  expect(made.every(({ closes }) => closes > 0)).toBe(true);
  await expect(current.open()).rejects.toMatchObject({ code: "ECANCELED" });
});

test("a set found removed when it was closed is ECANCELED, with why", async () => {
  const { current } = scene();
  const step = current.use(async (set) => {
    await current.close();
    set.isRemoved = true;
    return set.take();
  });
  await expect(step).rejects.toMatchObject({ code: "ECANCELED", cause: { code: "EIDRM" } });
});

test("what another gave up is not tried again, nor what failed otherwise", async () => {
  const { made, current } = scene();
  const cancelled = current.use(() => {
    throw new SemaphoreError("semop", ECANCELED, { hint: "the ledger was closed" });
  });
  await expect(cancelled).rejects.toThrow("the ledger was closed");
  const failed = current.use(() => Promise.reject(new Error("as it may")));
  await expect(failed).rejects.toThrow("as it may");
  expect(made).toHaveLength(1);
});

test("when the next set cannot be opened all hear of it, and later steps try again", async () => {
  const sets = [new FakeSet(), undefined, new FakeSet()];
  const current = new CurrentSet("t", async () => {
    const set = sets.shift();
    if (set === undefined) throw new Error("no room");
    return set;
  });
  (await current.open()).isRemoved = true;
  const steps = [1, 2].map(() => current.use((set) => set.take()));
  for (const step of await Promise.allSettled(steps)) {
    expect(step).toMatchObject({ status: "rejected", reason: { message: "no room" } });
  }
  expect(await current.use((set) => set.take())).toBe("taken");
});
