import { expect, test } from "vitest";
import { entriesOf } from "../entries.js";
import { ownersOf } from "../owners.js";

function owners(imports: Record<string, string[]>, entries: Parameters<typeof ownersOf>[0]) {
  const found = ownersOf(entries, (id) => ({
    importedIds: imports[id] ?? [],
    isExternal: !(id in imports),
  }));
  return Object.fromEntries(found);
}

const entry = (name: string, kind: "acts" | "isProgram" | "" = "") => ({
  name,
  source: name,
  isAlone: false,
  acts: kind === "acts",
  isProgram: kind === "isProgram",
});

test("ownersOf() puts a module where the smallest entry that needs it is", () => {
  const imports = { index: ["topic", "own"], topic: ["shared", "node:fs"], shared: [], own: [] };
  expect(owners(imports, [entry("index"), entry("topic")])).toEqual({
    index: "index",
    own: "index",
    topic: "topic",
    shared: "topic",
  });
});

test("ownersOf() has nobody load what acts, or what a program begins with", () => {
  const imports = {
    index: ["client"],
    register: ["state"],
    state: [],
    client: [],
    main: ["load"],
    load: [],
    run: ["load"],
  };
  const entries = [
    entry("index", "acts"),
    entry("register", "acts"),
    entry("client"),
    entry("main", "isProgram"),
    entry("run"),
  ];
  expect(owners(imports, entries)).toEqual({ client: "client", run: "run" });
});

test("entriesOf() finds what the manifest names, wherever its source is", () => {
  const manifest = {
    bin: { tool: "./dist/main.js" },
    sideEffects: ["./src/thread/body.ts", "./dist/body.cjs"],
    exports: {
      ".": {
        "@task-watchers/source": "./src/index.ts",
        types: "./dist/index.d.ts",
        default: "./dist/index.js",
      },
      "./package.json": "./package.json",
    },
  };
  expect(entriesOf("/p", manifest)).toEqual([
    { name: "index", isAlone: false, source: "/p/src/index.ts", acts: false, isProgram: false },
    { name: "main", isAlone: false, source: "/p/src/main.ts", acts: false, isProgram: true },
    { name: "body", isAlone: true, source: "/p/src/thread/body.ts", acts: true, isProgram: false },
  ]);
});
