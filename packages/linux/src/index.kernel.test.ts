// Needs: nothing but Linux. Compiles every package of the workspace as a user would have it.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { installed, kernelTest } from "@task-watchers/kernel-test";
import { expect } from "vitest";

const packages = join(import.meta.dirname, "../..");
const folders = readdirSync(packages);

interface Manifest {
  readonly name: string;
}

interface Cost {
  readonly descriptors: number;
  readonly libraries: readonly string[];
  readonly threads: number;
}

for (const folder of folders) {
  kernelTest(
    `importing ${folder} opens no descriptor, loads no library, starts no thread`,
    [],
    () => {
      const program = `
      import { readdirSync, readFileSync } from "node:fs";
      import { stat } from "node:fs/promises";
      import { createRequire } from "node:module";
      const cost = () => ({
        descriptors: readdirSync("/proc/self/fd").length,
        libraries: [...new Set(readFileSync("/proc/self/maps", "utf8").match(/\\S+\\.node$/gmu))],
        threads: readdirSync("/proc/self/task").length,
      });
      const { name, exports } = createRequire(import.meta.url)("./node_modules/NAME/package.json");
      await stat("."); // starts the threads that read modules, too
      await import("node:util"); // looks at a standard stream since Node.js 26, which opens a descriptor
      const before = cost();
      for (const entry of Object.keys(exports)) {
        // A register entry is there to start a watch.
        if (entry.endsWith(".json") || entry === "./register") continue;
        await import(name + entry.slice(1));
      }
      console.log(JSON.stringify([before, cost()]));
    `;
      const manifest = readFileSync(join(packages, folder, "package.json"), "utf8");
      const { name } = JSON.parse(manifest) as Manifest;
      const { stdout, stderr, status } = spawnSync(
        process.execPath,
        ["--input-type=module", "-e", program.replace("NAME", name)],
        { cwd: installed(...folders), encoding: "utf8", timeout: 10_000 },
      );
      expect([status, stderr]).toEqual([0, ""]);
      const [before, after] = JSON.parse(stdout) as [Cost, Cost];
      expect(after).toEqual(before);
      expect(after.libraries).toEqual([]);
    },
  );
}
