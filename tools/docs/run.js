// @ts-check
/**
 * The API documentation of every package, from the sources: `npm run docs`, into docs/api.
 *
 * Exit status 1 when a link leads nowhere or something exported is not documented.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Application, Converter, ReflectionKind } from "typedoc";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What users import, by the file it is in. */
const names = new Map(
  readdirSync(join(ROOT, "packages")).flatMap((folder) =>
    entriesOf(join(ROOT, "packages", folder)),
  ),
);

const app = await Application.bootstrap({
  name: "task watchers",
  entryPoints: [...names.keys()],
  basePath: ROOT,
  tsconfig: join(ROOT, "tsconfig.json"),
  readme: join(ROOT, "README.md"),
  out: join(ROOT, "docs/api"),
  gitRevision: "main",
  sourceLinkTemplate:
    "https://github.com/task-watchers/task-watchers/blob/{gitRevision}/{path}#L{line}",
  excludeInternal: true,
  excludePrivate: true,
  excludeExternals: true,
  hideGenerator: true,
  sort: ["kind", "alphabetical"],
  // The type check is a step of its own, by the compiler that builds.
  skipErrorChecking: true,
  validation: { invalidLink: true, invalidPath: true, notExported: false },
  treatWarningsAsErrors: true,
  treatValidationWarningsAsErrors: true,
});
app.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context) => {
  for (const module of context.project.getChildrenByKind(ReflectionKind.Module)) {
    const file = module.sources?.[0]?.fullFileName ?? "";
    module.name = names.get(file) ?? module.name;
  }
});

const project = await app.convert();
if (project) {
  app.validate(project);
  for (const name of undocumented(project)) app.logger.error(`${name} has no doc comment`);
  await app.generateOutputs(project);
}
process.exitCode =
  project === undefined || app.logger.hasErrors() || app.logger.hasWarnings() ? 1 : 0;

/**
 * What is exported without a word of what it is.
 *
 * @param {import("typedoc").ProjectReflection} made
 */
function undocumented(made) {
  return made
    .getChildrenByKind(ReflectionKind.Module)
    .flatMap((module) => module.children ?? [])
    .filter((one) => !one.isReference() && !one.hasComment())
    .filter((one) => !one.signatures?.some((signature) => signature.hasComment()))
    .map((one) => one.getFullName());
}

/**
 * @param {string} directory of a package
 * @returns {[file: string, name: string][]}
 */
function entriesOf(directory) {
  const {
    name,
    private: isPrivate,
    exports = {},
  } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
  if (isPrivate) return [];
  return Object.entries(exports).flatMap(([entry, target]) => {
    const source = target["@task-watchers/source"];
    // What registers exports nothing.
    if (source === undefined || entry === "./register") return [];
    return [/** @type {[string, string]} */ ([join(directory, source), name + entry.slice(1)])];
  });
}
