import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { compileC } from "./compile-c.ts";

/** What the load maker shall do; see load.c. */
export interface LoadOptions {
  /** Events a second, as far as the machine can. */
  readonly rate: number;
  readonly seconds: number;
  readonly workers: number;
  /** Children in a hundred that exec a program. */
  readonly execPercent: number;
}

/** What the load maker's workers made, themselves not counted. */
export interface LoadMade {
  readonly forks: number;
  readonly execs: number;
  readonly exits: number;
  readonly seconds: number;
  /** Events a second it came to. */
  readonly rate: number;
}

/** A load under way; resolves with what was made. */
export interface Load extends Promise<LoadMade> {
  readonly pid: number;
}

/** Starts the load maker. Needs a C compiler the first time. */
export function startLoad(options: LoadOptions): Load {
  const load = compileC(sourceOf("load.c"), "load", ["-O2"]);
  const nothing = compileC(sourceOf("nothing.c"), "nothing", ["-static", "-nostdlib"]);
  const { rate, seconds, workers, execPercent } = options;
  const numbers = [rate, seconds, workers, execPercent].map(String);
  const child = spawn(load, [...numbers, nothing], { stdio: ["ignore", "pipe", "inherit"] });
  const made = new Promise<LoadMade>((resolve, reject) => {
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (more: string) => (text += more));
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(JSON.parse(text));
      else reject(new Error(`the load maker ended with ${code}`));
    });
  });
  return Object.assign(made, { pid: child.pid ?? 0 });
}

function sourceOf(name: string): string {
  return readFileSync(new URL(`../src/${name}`, import.meta.url), "utf8");
}
