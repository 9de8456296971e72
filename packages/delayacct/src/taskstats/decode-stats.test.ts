import { describe, expect, test } from "vitest";
import { decodeTaskStats } from "./decode-stats.ts";
import { KNOWN_SIZES, OFFSETS, OFFSETS_15, statsBytes } from "./stats-bytes.fixture.ts";

const KINDS = ["cpu", "blkio", "swapin", "freepages", "thrashing", "compact", "wpcopy", "irq"];

describe("decodeTaskStats()", () => {
  for (const [text, size] of Object.entries(KNOWN_SIZES)) {
    const version = Number(text);
    test(`reads version ${version} by its own table and length`, () => {
      const offsets = version === 15 ? OFFSETS_15 : OFFSETS;
      const stats = decodeTaskStats(statsBytes({ version, size }));
      // Each field of the record holds its own offset, so a wrong table shows.
      const at = (name: string): bigint => BigInt(offsets[name] ?? -1);
      expect(stats.version).toBe(version);
      expect(stats.tail).toHaveLength(0);
      expect(stats.cpuRunRealNs).toBe(at("cpu_run_real_total"));
      expect(stats.cpuRunVirtualNs).toBe(at("cpu_run_virtual_total"));
      expect(stats.cpuScaledRunRealNs).toBe(at("cpu_scaled_run_real_total"));
      expect(stats.elapsedNs).toBe(at("ac_etime") * 1000n);
      expect(stats.userNs).toBe(at("ac_utime") * 1000n);
      expect(stats.systemScaledNs).toBe(at("ac_stimescaled") * 1000n);
      expect(stats.peakRssBytes).toBe(at("hiwater_rss") * 1024n);
      expect(stats.cancelledWriteBytes).toBe(at("cancelled_write_bytes"));
      expect(stats.involuntarySwitches).toBe(at("nivcsw"));
      expect(stats.pid).toBe(offsets["ac_pid"]);
      expect(stats.uid).toBe(offsets["ac_uid"]);
      expect(stats.startRealtimeS).toBe(version >= 10 ? at("ac_btime64") : at("ac_btime"));
      expect(stats.tgid).toBe(version >= 12 ? offsets["ac_tgid"] : undefined);
      expect(stats.exeInode).toBe(version >= 12 ? at("ac_exe_inode") : undefined);
      expect(stats.groupElapsedNs).toBe(version >= 12 ? at("ac_tgetime") * 1000n : undefined);
      const since = [8, 8, 8, 8, 9, 11, 13, 14];
      expect(Object.keys(stats.delays)).toEqual(KINDS.filter((_, i) => version >= (since[i] ?? 0)));
      for (const [kind, delay] of Object.entries(stats.delays)) {
        expect(delay).toEqual({
          count: at(`${kind}_count`),
          totalNs: at(`${kind}_delay_total`),
          ...(version >= 15 && { maxNs: at(`${kind}_delay_max`) }),
          ...(version >= 15 && { minNs: at(`${kind}_delay_min`) }),
          ...(version >= 17 && {
            maxAtRealtimeNs:
              at(`${kind}_delay_max_ts`) * 1_000_000_000n + at(`${kind}_delay_max_ts`) + 8n,
          }),
        });
      }
    });
  }

  test("takes a later version for the last known one, and keeps what is behind it", () => {
    const stats = decodeTaskStats(statsBytes({ version: 23, size: 704 }));
    expect(stats.version).toBe(23);
    expect(stats.delays.irq?.maxAtRealtimeNs).toBe(672n * 1_000_000_000n + 680n);
    expect(stats.tail).toEqual(statsBytes({ version: 23, size: 704 }).subarray(688));
  });

  test("keeps no reference to the bytes it was given", () => {
    const bytes = statsBytes({ version: 17, size: 696 });
    const stats = decodeTaskStats(bytes);
    const tail = stats.tail.slice();
    bytes.fill(0xee);
    expect(stats.tail).toEqual(tail);
    expect(stats.comm).toBe("a-name");
  });

  test("leaves absent what a record cut off in its tail does not hold", () => {
    const stats = decodeTaskStats(statsBytes({ version: 16, size: 416 + 8 }));
    expect(stats.delays.wpcopy).toEqual({ count: 400n, totalNs: 408n });
    expect(stats.delays.irq).toBeUndefined();
    expect(stats.delays.cpu.maxNs).toBeUndefined();
  });

  test("does not believe a length that its version does not have", () => {
    const stats = decodeTaskStats(statsBytes({ version: 12, size: 560 }));
    expect(stats.delays.wpcopy).toBeUndefined();
    expect(stats.delays.cpu.maxNs).toBeUndefined();
    expect(stats.tail).toHaveLength(160);
  });

  test("refuses what is too short or too old, and says what it needs", () => {
    const short = statsBytes({ version: 16, size: 560 }).subarray(0, 327);
    expect(() => decodeTaskStats(short)).toThrow(/version 16: 327 bytes, need 328/u);
    const moved = statsBytes({ version: 15, size: 560 }).subarray(0, 552);
    expect(() => decodeTaskStats(moved)).toThrow(/version 15: 552 bytes, need 560/u);
    expect(() => decodeTaskStats(statsBytes({ version: 7, size: 328 }))).toThrow(
      /version 7, need 8 or later/u,
    );
    expect(() => decodeTaskStats(new Uint8Array(1))).toThrow(RangeError);
  });

  test("goes by the version it is told where the bytes say 0", () => {
    const bytes = statsBytes({ version: 0, size: 560 });
    expect(() => decodeTaskStats(bytes)).toThrow(/version 0/u);
    expect(decodeTaskStats(bytes, { version: 16 }).delays.irq?.minNs).toBe(552n);
    expect(decodeTaskStats(bytes, { version: 15 }).version).toBe(15);
  });

  test("takes 0 for no wait yet, in extremes only", () => {
    const bytes = statsBytes({ version: 17, size: 688 }).fill(0, 16, 72).fill(0, 432);
    expect(decodeTaskStats(bytes).delays.cpu).toEqual({ count: 0n, totalNs: 0n });
  });

  test("gives a nice value its sign, and a name its bytes back", () => {
    const bytes = statsBytes({ version: 16, size: 560 });
    bytes[9] = 0xec; // -20
    bytes.set([0x61, 0xff, 0x1b, 0x5b, 0], 80);
    expect(decodeTaskStats(bytes)).toMatchObject({ nice: -20, comm: "a\udcff\u001b[" });
  });
});
