import { SHARES } from "../../model/shares.ts";
import { colour, isDark } from "../theme.ts";

/** How bars are coloured. */
export type Colouring = "time" | "program" | "result";

/** Colours of the timeline, read from the style once for each theme. */
export interface Palette {
  readonly ground: string;
  readonly raised: string;
  readonly text: string;
  readonly quiet: string;
  readonly line: string;
  readonly faint: string;
  readonly accent: string;
  readonly failed: string;
  readonly good: string;
  readonly plain: string;
  readonly loss: string;
  readonly path: string;
  /** In the order of SHARES. */
  readonly shares: readonly string[];
  readonly program: (name: string) => string;
}

export function readPalette(): Palette {
  const programs = new Map<string, string>();
  const dark = isDark();
  return {
    ground: colour("ground"),
    raised: colour("raised"),
    text: colour("text"),
    quiet: colour("quiet"),
    line: colour("line"),
    faint: colour("faint"),
    accent: colour("accent"),
    failed: colour("failed"),
    good: colour("share-onCpu"),
    plain: colour("plain"),
    loss: colour("loss"),
    path: colour("path"),
    shares: SHARES.map((name) => colour(`share-${name}`)),
    program: (name) => {
      const known = programs.get(name);
      if (known !== undefined) return known;
      const made = programColour(name, dark);
      programs.set(name, made);
      return made;
    },
  };
}

/** A colour of a name's own, the same on every page. */
export function programColour(name: string, dark: boolean): string {
  let hash = 2_166_136_261;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 16_777_619);
  const hue = (hash >>> 0) % 360;
  const vary = (hash >>> 9) % 8;
  return dark ? `hsl(${hue} 38% ${28 + vary}%)` : `hsl(${hue} 58% ${74 + vary}%)`;
}
