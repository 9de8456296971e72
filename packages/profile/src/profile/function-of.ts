import type { Frame } from "../symbols/frame.ts";

/** What addresses without a symbol are called where functions are added up: one by one they would hide all else. */
const NO_SYMBOL = "[no symbol]";
/** Ends the name of an address without a symbol. */
const ADDRESS = /\+0x[0-9a-f]+$/u;

/** The function that a frame is counted as: its own, or all of its file that has no symbol. */
export function functionOf(frame: Frame): Frame {
  if (frame.resolved || !ADDRESS.test(frame.name)) return frame;
  const { module, kind } = frame;
  return { name: NO_SYMBOL, module, kind, resolved: false };
}

/** The same for frames that are one function. */
export function functionKey({ name, module, file, line }: Frame): string {
  return `${name}\n${module}\n${file}:${line}`;
}
