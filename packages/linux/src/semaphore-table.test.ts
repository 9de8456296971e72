import { describe, expect, test } from "vitest";
import { parseSemaphoreTable } from "./semaphore-table.ts";

const HEADING =
  "       key      semid perms      nsems   uid   gid  cuid  cgid      otime      ctime\n";
/** From a Linux 6.18, key 0xfa57beef. */
const ROW =
  " -94912785     229437   640          2     0     5     1     6 1795419671 1795419672\n";

describe("parseSemaphoreTable()", () => {
  test("reads a row, the permissions in octal", () => {
    expect(parseSemaphoreTable(HEADING + ROW)).toEqual([
      {
        key: -94_912_785,
        id: 229_437,
        mode: 0o640,
        count: 2,
        uid: 0,
        gid: 5,
        creatorUid: 1,
        creatorGid: 6,
        operatedAt: 1_795_419_671,
        changedAt: 1_795_419_672,
      },
    ]);
  });

  test("finds nothing below the heading of a host without sets", () => {
    expect(parseSemaphoreTable(HEADING)).toEqual([]);
  });

  test("refuses a row that is cut off, and names it", () => {
    expect(() => parseSemaphoreTable(`${HEADING}  0  1 600\n`)).toThrow(/"  0  1 600"/u);
  });
});
