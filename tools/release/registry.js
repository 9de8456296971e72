// @ts-check
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { run } from "../combinations/tarballs.js";
import { cacheFolder } from "../platforms/cache-folder.js";
import { nodeBinary } from "../platforms/node-binary.js";

/** The registry we publish to: the one most private registries run. It wants Node.js 22. */
const VERDACCIO = "6.10.4";
const START_MS = 120_000;

/**
 * Starts a registry that has what is published to it, and passes everything else on to npm's.
 *
 * @param {string} directory where it may write
 * @returns {Promise<{ url: string, npmrc: string, stop: () => void }>} `npmrc`: the user configuration to publish with
 */
export async function startRegistry(directory) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const config = join(directory, "verdaccio.json");
  // JSON is YAML.
  writeFileSync(
    config,
    JSON.stringify({
      storage: join(directory, "storage"),
      uplinks: { npmjs: { url: upstream(), cache: false } },
      packages: {
        "@task-watchers/*": { access: "$all", publish: "$all" },
        "task-watchers": { access: "$all", publish: "$all" },
        "**": { access: "$all", proxy: "npmjs" },
      },
      auth: { htpasswd: { file: join(directory, "htpasswd"), max_users: -1 } },
      log: { type: "stdout", level: "warn" },
    }),
  );
  const npmrc = join(directory, "npmrc");
  // npm wants a token before it publishes; the registry asks for none.
  writeFileSync(npmrc, `registry=${url}\n//127.0.0.1:${port}/:_authToken=nobody\n`);
  const program = join(installedVerdaccio(), "verdaccio/bin/verdaccio");
  const args = [program, "--config", config, "--listen", url];
  const child = spawn(join(nodeBinary("22"), "node"), args, {
    cwd: directory,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let told = "";
  child.stderr.on("data", (bytes) => {
    told += bytes;
  });
  const stop = () => void child.kill();
  const until = performance.now() + START_MS;
  while (!(await answers(url))) {
    if (child.exitCode !== null) throw new Error(`Verdaccio ended: ${told.trim()}`);
    if (performance.now() > until) {
      stop();
      throw new Error(`Verdaccio does not answer at ${url}: ${told.trim()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return { url, npmrc, stop };
}

/**
 * Installs Verdaccio once, and keeps it.
 *
 * @returns {string} the folder of modules it is in
 */
function installedVerdaccio() {
  const folder = join(cacheFolder(), `verdaccio-${VERDACCIO}`);
  if (existsSync(folder)) return join(folder, "node_modules");
  const work = mkdtempSync(`${folder}.`);
  const manifest = {
    private: true,
    dependencies: { verdaccio: VERDACCIO },
    // Its part for `npm audit` wants this by a tag that not every registry has.
    overrides: { "node-fetch": "2.7.0" },
  };
  writeFileSync(join(work, "package.json"), JSON.stringify(manifest));
  try {
    run("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--force"], work);
    renameSync(work, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return join(folder, "node_modules");
}

/** The registry that npm is set to use here, which need not be npm's own. */
function upstream() {
  return run("npm", ["config", "get", "registry"], process.cwd()).trim();
}

/** @param {string} url */
async function answers(url) {
  try {
    return (await fetch(new URL("-/ping", url))).ok;
  } catch {
    return false;
  }
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        resolve(address !== null && typeof address === "object" ? address.port : 0),
      );
    });
  });
}
