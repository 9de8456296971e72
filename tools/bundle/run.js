// @ts-check
/** `run.js [FOLDER TO]…`: bundles the package in a folder into another one; by default that of the working directory into its dist. */
import { resolve } from "node:path";
import { bundlePackage } from "./bundle.js";

const [folder = ".", to = "dist", ...more] = process.argv.slice(2);
await bundlePackage(resolve(folder), resolve(to));
while (more.length > 0)
  await bundlePackage(resolve(String(more.shift())), resolve(String(more.shift())));
