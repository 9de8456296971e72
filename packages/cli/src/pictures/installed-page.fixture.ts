import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { installedMain } from "../running.fixture.ts";

/** Our command as a user would have it installed, with the page of the HTML report, which the compiler does not make. */
export function installedMainWithPage(): string {
  const main = installedMain();
  const bundle = resolve(import.meta.dirname, "../../../report/src/html/bundle-page.js");
  const page = resolve(main, "../../../@task-watchers/report/dist/page");
  execFileSync(process.execPath, [bundle, page]);
  return main;
}
