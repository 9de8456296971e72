// @ts-check
/** `bundle-page.js [FOLDER]`: bundles the page's script and style, which the report's HTML carries (default dist/page). */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { rolldown } from "rolldown";

const PACKAGE = resolve(import.meta.dirname, "../..");
const require = createRequire(import.meta.url);

/** What the page may weigh without its data, bytes. */
const LIMIT = 500_000;

/** In the order in which they stand: the later has the last word. */
const STYLES = ["theme", "layout", "timeline", "details", "tables", "narrow"];

/**
 * The page, and the licences of what is in it. Copyright notices stand in the script itself, which every report is a copy of.
 *
 * @returns {Promise<{ script: string, style: string, licenses: string }>}
 */
export async function bundlePage() {
  const bundle = await rolldown({
    input: `${PACKAGE}/src/page/main.ts`,
    platform: "browser",
    resolve: { conditionNames: ["@task-watchers/source", "import", "default"] },
    tsconfig: `${PACKAGE}/src/page/tsconfig.json`,
    // d3-flame-graph imports its style, which the page has in its own colours.
    moduleTypes: { ".css": "empty" },
  });
  const { output } = await bundle.generate({
    format: "iife",
    minify: true,
    comments: { legal: true },
  });
  await bundle.close();
  const [{ code: bundled, moduleIds }] = output;
  const parts = partsOf(moduleIds);
  const notices = parts.map(({ name, version, license, notice }) =>
    [`${name} ${version}`, license, notice].join(", "),
  );
  const code = `/*! ${notices.join("\n")} */\n${bundled}`;
  const style = [
    readFileSync(require.resolve("uplot/dist/uPlot.min.css"), "utf8"),
    ...STYLES.map((name) => readFileSync(`${PACKAGE}/src/page/style/${name}.css`, "utf8")),
  ].join("\n");
  const bytes = Buffer.byteLength(code) + Buffer.byteLength(style);
  if (bytes > LIMIT) throw new Error(`the page is ${bytes} bytes, more than ${LIMIT}`);
  // An end tag in a string would end the element it stands in.
  if (/<\/(?:script|style)/iu.test(code + style)) throw new Error("the page holds an end tag");
  const licenses = parts.map(({ name, version, text }) => `${name} ${version}\n\n${text}`);
  return { script: code, style, licenses: licenses.join("\n\n") };
}

/**
 * Packages of others that modules are from.
 *
 * @param {readonly string[]} modules
 */
function partsOf(modules) {
  const folders = modules.map((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/u.exec(id)?.[0] ?? "");
  return [...new Set(folders)]
    .filter((folder) => folder !== "")
    .sort()
    .map((folder) => {
      const {
        name,
        version,
        license,
        author = "",
      } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
      const text = readFileSync(`${folder}/LICENSE`, "utf8").trim();
      // That of Apache's is a form to be filled in.
      const notice = /^ *Copyright (?!\[)[^\n]*\d{4}[^\n]*/mu.exec(text)?.[0].trim();
      return {
        name,
        version,
        license,
        notice: notice ?? `by ${String(author).replace(/ *<.*/u, "")}`,
        text,
      };
    });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { script, style, licenses } = await bundlePage();
  const folder = process.argv[2] ?? `${PACKAGE}/dist/page`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/page.js`, script);
  writeFileSync(`${folder}/page.css`, style);
  writeFileSync(`${folder}/LICENSES.txt`, licenses);
}
