import {
  PERF_CONTEXT_KERNEL,
  PERF_CONTEXT_MAX,
  PERF_CONTEXT_USER,
  type SampleRecord,
} from "@task-watchers/perf";
import type { Place } from "../space/address-space.ts";
import type { Mapping } from "../space/mapping.ts";
import type { SampledProcess } from "../space/process.ts";
import type { Processes } from "../space/processes.ts";

/** A place in code, once. Which function it is in is found out later. */
export interface Location {
  readonly id: number;
  readonly place: Place;
  readonly address: bigint;
  /** Number of its frame, once that is known. */
  frame: number | undefined;
}

const KERNEL: Place = { kind: "kernel" };
const UNKNOWN: Place = { kind: "unknown" };

/** Places remembered; beyond, all are forgotten and begin anew. */
const MOST_LOCATIONS = 500_000;

/** Where the addresses of a stack are, while that is still known. */
export class Locations {
  readonly #processes: Processes;
  readonly #files = new Map<string, Map<bigint, Location>>();
  #byMapping = new WeakMap<Mapping, Map<bigint, Location>>();
  readonly #kernel = new Map<bigint, Location>();
  readonly #vdso = new Map<bigint, Location>();
  readonly #unknown = new Map<bigint, Location>();
  #ids = 0;
  #size = 0;

  constructor(processes: Processes) {
    this.#processes = processes;
  }

  /** @param made the process's own places, of code compiled at run time */
  ofSample(
    process: SampledProcess,
    { chain, ip }: SampleRecord,
    made: Map<bigint, Location>,
  ): Location[] {
    const locations: Location[] = [];
    let isKernel = false;
    let isExact = true;
    for (const address of chain) {
      if (address >= PERF_CONTEXT_MAX) {
        isKernel = address === PERF_CONTEXT_KERNEL;
        isExact = true;
        // A guest's addresses mean nothing here.
        if (!isKernel && address !== PERF_CONTEXT_USER) break;
        continue;
      }
      // A caller's address is where it goes on, which may be the next function already.
      const at = isExact || address === 0n ? address : address - 1n;
      isExact = false;
      locations.push(this.#locate(process, at, isKernel, made));
    }
    if (locations.length === 0) locations.push(this.#locate(process, ip, false, made));
    return locations;
  }

  #locate(
    process: SampledProcess,
    address: bigint,
    isKernel: boolean,
    made: Map<bigint, Location>,
  ): Location {
    const place: Place = isKernel ? KERNEL : this.#processes.place(process, address);
    // Where a program uses the frame pointer for something else, its stack leads anywhere.
    if (!isKernel && place.kind === "kernel") return this.#intern(this.#unknown, 0n, UNKNOWN, 0n);
    switch (place.kind) {
      case "file":
        return this.#intern(this.#inFile(place.mapping), place.offset, place, address);
      case "vdso":
        return this.#intern(this.#vdso, place.offset, place, address);
      case "kernel":
        return this.#intern(this.#kernel, address, place, address);
      case "anonymous":
        return this.#intern(made, address, place, address);
      default:
        // Where that was nobody can say: one place for all.
        return this.#intern(this.#unknown, 0n, place, 0n);
    }
  }

  #intern(map: Map<bigint, Location>, key: bigint, place: Place, address: bigint): Location {
    const known = map.get(key);
    if (known !== undefined) return known;
    const location = { id: this.#ids++, place, address, frame: undefined };
    map.set(key, location);
    if (++this.#size > MOST_LOCATIONS) this.#clear();
    return location;
  }

  #inFile(mapping: Mapping): Map<bigint, Location> {
    const known = this.#byMapping.get(mapping);
    if (known !== undefined) return known;
    const { major, minor, inode, path } = mapping;
    const key = `${major}:${minor}:${inode}:${path}`;
    const offsets = this.#files.get(key) ?? new Map<bigint, Location>();
    this.#files.set(key, offsets);
    this.#byMapping.set(mapping, offsets);
    return offsets;
  }

  #clear(): void {
    for (const map of [this.#files, this.#kernel, this.#vdso, this.#unknown]) map.clear();
    this.#byMapping = new WeakMap();
    this.#size = 0;
  }
}
