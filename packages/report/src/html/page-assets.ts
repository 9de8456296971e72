import { readFileSync } from "node:fs";

/** What makes the page. */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
}

/** Those that the build has made. @throws the error of open(2) when it was not run */
export function pageAssets(): PageAssets {
  const folder = import.meta.url.endsWith(".ts") ? "../../dist/page" : "./page";
  const file = (name: string): string =>
    readFileSync(new URL(`${folder}/${name}`, import.meta.url), "utf8");
  return { script: file("page.js"), style: file("page.css") };
}
