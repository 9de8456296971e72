import * as fc from "fast-check";
import { decodeText } from "@task-watchers/linux";
import { describe, expect, test } from "vitest";
import { execveBodies, record } from "../record/kernel-text.fixture.ts";
import { execArguments } from "./execve.ts";

function read(...bodies: string[]): ReturnType<typeof execArguments> {
  return execArguments(bodies.map((body) => record("EXECVE", body)));
}

const LOST = { missing: "its record was lost" };
const CUT = { missing: "its record was cut off" };

describe("execArguments()", () => {
  test("reads arguments in quotes and as hex, each by itself", () => {
    expect(read('argc=4 a0="sh" a1="-c" a2=6563686F20FF0A a3=""')).toEqual({
      argc: 4,
      argv: ["sh", "-c", "echo \udcff\n", ""],
    });
  });

  test("puts a continuation behind its start, whichever comes first", () => {
    expect(read('  a2="c" a3="d"', 'argc=4 a0="a" a1="b"')).toEqual({
      argc: 4,
      argv: ["a", "b", "c", "d"],
    });
  });

  test("joins the pieces of a long argument before it decodes them", () => {
    const bodies = ['argc=2 a0="x" a1_len=8 a1[0]=C3', "  a1[1]=A9C3", "  a1[2]=A9"];
    for (const order of [
      [0, 1, 2],
      [2, 0, 1],
      [1, 2, 0],
    ]) {
      expect(read(...order.map((at) => bodies[at] ?? ""))).toEqual({ argc: 2, argv: ["x", "éé"] });
    }
  });

  test("joins pieces that are in quotes", () => {
    expect(read('argc=1 a0_len=6 a0[0]="abc"', '  a0[1]="def"')?.argv).toEqual(["abcdef"]);
  });

  test.each([
    ["the last piece", ["argc=1 a0_len=6 a0[0]=4142"], "pieces of it are not in the records"],
    ["a piece in the middle", ["argc=1 a0_len=6 a0[0]=41", "  a0[2]=43"], "its record was lost"],
    ["the record with its length", ["argc=1", "  a0[1]=42"], "its record was lost"],
  ])("says so where %s of an argument is lost", (_, bodies, missing) => {
    expect(read(...bodies)).toEqual({
      argc: 1,
      argv: [{ missing }],
      missing: "1 of 1 arguments are not in the records",
    });
  });

  test("leaves no blank where a record between is lost", () => {
    expect(read('argc=5 a0="a"', '  a3="d"')).toEqual({
      argc: 5,
      argv: ["a", LOST, LOST, "d"],
      missing: "3 of 5 arguments are not in the records",
    });
  });

  test("says so when the first record is lost", () => {
    expect(read('  a1="b"')).toEqual({
      argv: [LOST, "b"],
      missing: "the first record of the arguments was lost",
    });
  });

  test.each([
    ["a quote that never closes", 'argc=1 a0="ab'],
    ["half a byte", "argc=1 a0=414"],
    ["what is neither quoted nor hex", "argc=1 a0=plain"],
    ["digits in lower case, which the kernel never writes", "argc=1 a0=4a"],
  ])("takes for cut off: %s", (_, body) => {
    expect(read(body)?.argv).toEqual([CUT]);
  });

  test("takes no argument beyond their number, and none twice", () => {
    expect(read('argc=2 a0="a" a0="forged" a1="b" a2="forged"')).toEqual({
      argc: 2,
      argv: ["a", "b"],
    });
  });

  test("believes no index and no number enough to fill memory with nothing", () => {
    expect(read('argc=999999999 a0="a" a999999998="z"')?.argv).toEqual(["a"]);
    expect(read('  a99999999="z"')?.argv).toEqual([]);
    expect(read("argc=1 a0_len=999999999999 a0[999999999]=41")?.argv).toEqual([LOST]);
  });

  test("finds none where there is no such record", () => {
    expect(execArguments([record("CWD", 'cwd="/"')])).toBeUndefined();
    expect(read("argc=0")).toEqual({ argc: 0, argv: [] });
  });

  test("gives back any arguments, long ones and many, whatever the order of records", () => {
    const short = fc.uint8Array({ maxLength: 30 });
    const long = fc
      .tuple(fc.integer({ min: 7_300, max: 20_000 }), fc.integer({ min: 1, max: 255 }))
      .map(([length, byte]) => new Uint8Array(length).fill(byte));
    const argv = fc.array(fc.oneof({ weight: 8, arbitrary: short }, long), {
      minLength: 1,
      maxLength: 300,
    });
    fc.assert(
      fc.property(argv, fc.infiniteStream(fc.nat()), (argv, order) => {
        const records = execveBodies(argv).map((body) => record("EXECVE", body));
        const shuffled = records
          .map((record) => ({ record, at: order.next().value ?? 0 }))
          .sort((a, b) => a.at - b.at)
          .map(({ record }) => record);
        expect(execArguments(shuffled)).toEqual({
          argc: argv.length,
          argv: argv.map((bytes) => decodeText(bytes)),
        });
      }),
      { numRuns: 60 },
    );
  });
});
