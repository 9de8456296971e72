import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { Output } from "./output.ts";

const MUCH = "x".repeat(200_000);

/** A stream whose writes end as told. */
function streamOf(end: (done: (error?: Error) => void) => void): Writable {
  return new Writable({ highWaterMark: 1, write: (_data, _encoding, done) => end(done) });
}

function failure(code: string): Error {
  return Object.assign(new Error(`write ${code}`), { code });
}

test("Output waits for a stream that is slow", async () => {
  let written = 0;
  const slow = streamOf((done) =>
    setTimeout(() => {
      written++;
      done();
    }, 5),
  );
  const output = new Output(slow);
  await output.write(MUCH);
  expect(written).toBe(1);
  await output.write("a little more");
  expect(written).toBe(1);
  await output.flush();
  expect(written).toBe(2);
});

test("Output ends quietly when its reader has gone while it waits", async () => {
  const output = new Output(streamOf((done) => setTimeout(() => done(failure("EPIPE")), 5)));
  await output.write(MUCH);
  expect(output.isGone).toBe(true);
  await output.write(MUCH);
  await output.flush();
});

test("Output tells of any other failure", async () => {
  const output = new Output(streamOf((done) => setTimeout(() => done(failure("ENOSPC")), 5)));
  await expect(output.write(MUCH)).rejects.toThrow("ENOSPC");
  await expect(output.flush()).rejects.toThrow("ENOSPC");
});
