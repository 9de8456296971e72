import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
/** Whether `require` takes ES modules: Node.js 20.19, 22.12 and later. A source runs only where its ending is understood. */
const requires = process.features.require_module === true && import.meta.url.endsWith(".js");

/**
 * What a command is started with is loaded by `require`: for each of a hundred modules, `import` asks another thread to open it, to read
 * it and to close it, and the command waits. Which of the two has loaded a module makes no difference to it.
 *
 * @param specifier of a package, or the file as seen from here, `./run/run.ts`
 */
export async function load<T>(specifier: string): Promise<T> {
  const compiled = requires ? specifier.replace(/^(\..*)\.ts$/u, "$1.js") : specifier;
  if (requires) {
    try {
      return require(compiled) as T;
    } catch {
      // A hook of the user's, or an import under way, may not allow it; what else is wrong, `import` says.
    }
  }
  return (await import(compiled)) as T;
}
