import { expect, test } from "vitest";
import { createProcEvents } from "../module/proc-events.ts";
import { processEvents } from "./process-events.ts";
import { rawProcessEvents } from "./raw-process-events.ts";

/** Whatever a program without types may give. */
function anything(json: string): never {
  return JSON.parse(json) as never;
}

test("rawProcessEvents() names an option that it does not know", async () => {
  await expect(rawProcessEvents(anything('{"kinds":["exit"],"foo":1}'))).rejects.toThrow(
    'options have no "foo", they may have kinds, failed, queueLimit, receiveBufferBytes, signal',
  );
  await expect(rawProcessEvents(anything("{}"))).rejects.toThrow("kinds must name");
});

test("streams say what is wrong with options that are none", async () => {
  const wrong = "options must be an object, got";
  for (const open of [
    rawProcessEvents,
    processEvents,
    async (options: never) => {
      createProcEvents().events(options);
    },
  ]) {
    await expect(open(anything("null"))).rejects.toThrow(`${wrong} null`);
    await expect(open(anything("[5]"))).rejects.toThrow(`${wrong} [5]`);
    await expect(open(anything('"exit"'))).rejects.toThrow(`${wrong} "exit"`);
  }
  await expect(Reflect.apply(rawProcessEvents, undefined, [])).rejects.toThrow(
    `${wrong} undefined`,
  );
});
