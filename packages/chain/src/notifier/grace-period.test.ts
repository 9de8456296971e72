import { expect, test } from "vitest";
import { GracePeriod } from "./grace-period.ts";

/** Whether a promise is settled after all that could run has run. */
async function isSettled(promise: Promise<void>): Promise<boolean> {
  let settled = false;
  void promise.then(() => {
    settled = true;
  });
  await new Promise<void>((resolve) => {
    setTimeout(resolve, 0);
  });
  return settled;
}

test("over() resolves when nothing sleeps", async () => {
  await expect(new GracePeriod().over()).resolves.toBeUndefined();
});

test("over() waits for every call that began before it and for none that began after", async () => {
  const grace = new GracePeriod();
  const { epoch: before } = grace;
  grace.enter(before);
  grace.enter(before);
  const over = grace.over();
  const { epoch: after } = grace;
  grace.enter(after);
  grace.leave(before);
  expect(await isSettled(over)).toBe(false);
  grace.leave(before);
  expect(await isSettled(over)).toBe(true);
  const later = grace.over();
  expect(await isSettled(later)).toBe(false);
  grace.leave(after);
  expect(await isSettled(later)).toBe(true);
});

test("over() waits for a call that began before it and goes to sleep only now", async () => {
  const grace = new GracePeriod();
  const { epoch } = grace;
  const over = grace.over();
  grace.enter(epoch);
  expect(await isSettled(over)).toBe(false);
  grace.leave(epoch);
  expect(await isSettled(over)).toBe(true);
});

test("over() waits for earlier epochs too", async () => {
  const grace = new GracePeriod();
  const { epoch } = grace;
  grace.enter(epoch);
  const first = grace.over();
  const second = grace.over();
  expect(await isSettled(second)).toBe(false);
  grace.leave(epoch);
  expect(await isSettled(first)).toBe(true);
  expect(await isSettled(second)).toBe(true);
});
