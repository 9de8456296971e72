import { expect, test } from "vitest";
import type { SampleRecord } from "@task-watchers/perf";
import { Processes } from "../space/processes.ts";
import { sampleAt } from "./fake-machine.fixture.ts";
import { type Location, Locations } from "./locations.ts";

/** The kernel's part first, then the user's, as the kernel writes them; guest marks end it. */
function stack(...chain: bigint[]): SampleRecord {
  return { ...sampleAt(1n, 5, [0x77n]), chain: BigUint64Array.from(chain) };
}

const KERNEL = 0xffff_ffff_ffff_ff80n;
const USER = 0xffff_ffff_ffff_fe00n;
const GUEST = 0xffff_ffff_ffff_f800n;

function places(sample: SampleRecord): string[] {
  const processes = new Processes(() => []);
  const process = processes.get(5, 1n);
  const file = { start: 0x1000n, end: 0x9000n, offset: 0x100n, path: "/x" };
  const rest = { major: 1, minor: 1, inode: 1n, pid: 5, tid: 5, timeNs: 1n };
  processes.apply({ type: "map", ...file, ...rest });
  return new Locations(processes)
    .ofSample(process, sample, new Map())
    .map(({ place, address }) =>
      place.kind === "file" ? `x+${place.offset}` : `${place.kind} ${address}`,
    );
}

test("The first address of each part is exact, and callers are where they called", () => {
  const [first, caller] = [0xffff_ffff_8100_0010n, 0xffff_ffff_8100_0020n];
  expect(places(stack(KERNEL, first, caller, USER, 0x2000n, 0x3000n))).toEqual([
    `kernel ${first}`,
    `kernel ${caller - 1n}`,
    `x+${0x1100}`,
    `x+${0x20ff}`,
  ]);
});

test("Without a stack there is the address of the sample, and a guest's stack is none", () => {
  expect(places({ ...stack(), ip: 0x1000n })).toEqual(["x+256"]);
  expect(places({ ...stack(GUEST, 0x1000n), ip: 0x77n })).toEqual(["unknown 0"]);
});

test("A caller's address that is the kernel's, or none, in a user's stack is nowhere", () => {
  const stray = 0xffff_ffff_8100_0010n;
  expect(places(stack(USER, 0x1000n, stray, 0n))).toEqual(["x+256", "unknown 0", "unknown 0"]);
});

test("The same place is the same location", () => {
  const processes = new Processes(() => []);
  const locations = new Locations(processes);
  const made = new Map<bigint, Location>();
  const process = processes.get(5, 1n);
  const [one] = locations.ofSample(process, stack(KERNEL, 0xffff_ffff_8100_0010n), made);
  const [two] = locations.ofSample(process, stack(KERNEL, 0xffff_ffff_8100_0010n), made);
  expect(one).toBe(two);
});
