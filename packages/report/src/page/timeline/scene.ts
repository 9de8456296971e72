import type { Report } from "../report.ts";
import type { Store } from "../store.ts";
import type { Geometry } from "./geometry.ts";
import type { Colouring, Palette } from "./palette.ts";
import type { ShareTable } from "./share-table.ts";

/** Everything that a picture of the timeline is made from. */
export interface Scene {
  readonly report: Report;
  readonly store: Store;
  readonly geometry: Geometry;
  readonly palette: Palette;
  readonly colouring: Colouring;
  readonly shares: ShareTable;
  /** 1 for each task of the critical path, when that is to be seen. */
  readonly path: Uint8Array | undefined;
  readonly isFolded: (index: number) => boolean;
  /** Width of one character of the canvas's font, CSS pixels. */
  readonly characterWidth: number;
}

/** Text cut to so many characters. */
export function clip(text: string, room: number): string {
  return text.length <= room ? text : `${text.slice(0, Math.max(room - 1, 1))}…`;
}
