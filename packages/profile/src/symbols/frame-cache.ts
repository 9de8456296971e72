import type { FileFunctions } from "./file-functions.ts";
import type { Frame } from "./frame.ts";

/** Frames kept of addresses without a symbol, so that the same address is the same object; beyond, they are made anew. */
const MAX_UNRESOLVED = 1 << 16;
/** Frames of one file, each made once. */
export class FrameCache {
  readonly #module: string;
  readonly #kind: Frame["kind"];
  readonly #functions: FileFunctions | undefined;
  readonly #named = new Map<string, Frame>();
  readonly #unnamed = new Map<bigint, Frame>();

  constructor(module: string, kind: Frame["kind"], functions: FileFunctions | undefined) {
    this.#module = module;
    this.#kind = kind;
    this.#functions = functions;
  }

  frame(offset: bigint): Frame {
    const name = this.#functions?.find(offset);
    if (name === undefined) return this.#unresolved(offset);
    const known = this.#named.get(name);
    if (known !== undefined) return known;
    const frame = { name, module: this.#module, kind: this.#kind, resolved: true };
    this.#named.set(name, frame);
    return frame;
  }

  #unresolved(offset: bigint): Frame {
    const known = this.#unnamed.get(offset);
    if (known !== undefined) return known;
    const base = this.#module.slice(this.#module.lastIndexOf("/") + 1);
    const name = `${base}+0x${offset.toString(16)}`;
    const frame = { name, module: this.#module, kind: this.#kind, resolved: false };
    if (this.#unnamed.size < MAX_UNRESOLVED) this.#unnamed.set(offset, frame);
    return frame;
  }
}
