import { expect, test } from "vitest";
import { parseIo, parseSchedstat, parseStatFigures, parseStatusFigures } from "./proc-figures.ts";

/** As Linux 6.18 writes it, with a name made up to mislead. */
const STAT =
  "4711 (a) R 1 (b) S 1 4711 4711 0 -1 4194304 181 0 3 0 12 34 0 0 20 0 2 0 1553788 5869568 461 " +
  "18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 1 0 0 56 0 0 0 0 0 0 0 0 0 0\n";

test("parseStatFigures() finds the fields behind a name with parentheses in it", () => {
  expect(parseStatFigures(STAT)).toEqual({
    ...{ state: "S", startTicks: 1_553_788, numThreads: 2 },
    figures: {
      ...{ userNs: 120_000_000n, systemNs: 340_000_000n, minorFaults: 181n, majorFaults: 3n },
      blkioNs: 560_000_000n,
    },
  });
});

test("parseStatFigures() takes no text that is cut off", () => {
  expect(parseStatFigures(STAT.slice(0, 40))).toEqual({ missing: "malformed" });
  expect(parseStatFigures("")).toEqual({ missing: "malformed" });
  expect(parseStatFigures({ missing: "ENOENT" })).toEqual({ missing: "ENOENT" });
});

test("parseSchedstat() gives time on a CPU and time waiting for one", () => {
  expect(parseSchedstat("96745 76413 2\n")).toEqual({ onCpuNs: 96_745n, waitCpuNs: 76_413n });
  expect(parseSchedstat("0\n")).toEqual({ missing: "malformed" });
});

test("parseIo() leaves out what was never written", () => {
  const text =
    "rchar: 9\nwchar: 9\nread_bytes: 8192\nwrite_bytes: 4096\ncancelled_write_bytes: 1024\n";
  expect(parseIo(text)).toEqual({ readBytes: 8192n, writtenBytes: 3072n });
  expect(parseIo({ missing: "EACCES" })).toEqual({ missing: "EACCES" });
});

test("parseStatusFigures() has no peak for one that has ended", () => {
  const switches = "voluntary_ctxt_switches:\t12\nnonvoluntary_ctxt_switches:\t3\n";
  expect(parseStatusFigures(`Name:\tVmHWM\nVmHWM:\t    1884 kB\n${switches}`)).toEqual({
    ...{ peakRssBytes: 1_929_216n, voluntarySwitches: 12n, involuntarySwitches: 3n },
  });
  expect(parseStatusFigures(`State:\tZ (zombie)\n${switches}`)).toEqual({
    ...{ voluntarySwitches: 12n, involuntarySwitches: 3n },
  });
});
