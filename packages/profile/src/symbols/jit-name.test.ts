import { expect, test } from "vitest";
import { parseJitName } from "./jit-name.ts";

// Names as Node.js 20.20 and 22 write them (--perf-basic-prof).
test.each([
  ["JS:~hotLoop /app/busy.js:1:17", { name: "hotLoop", file: "/app/busy.js", line: 1, column: 17 }],
  ["JS:^hotLoop /app/busy.js:1:17", { name: "hotLoop", file: "/app/busy.js", line: 1, column: 17 }],
  ["JS:*hotLoop /app/busy.js:1:17", { name: "hotLoop", file: "/app/busy.js", line: 1, column: 17 }],
  [
    "JS:*'hotLoop /app/busy.js:1:17",
    { name: "hotLoop", file: "/app/busy.js", line: 1, column: 17 },
  ],
  [
    "JS:+'hotLoop /app/busy.js:1:17",
    { name: "hotLoop", file: "/app/busy.js", line: 1, column: 17 },
  ],
  [
    "JS:o*'hotLoop /app/busy.js:1:17",
    { name: "hotLoop", file: "/app/busy.js", line: 1, column: 17 },
  ],
  [
    "JS:o+hotLoop /app/busy.js:1:17",
    { name: "hotLoop", file: "/app/busy.js", line: 1, column: 17 },
  ],
  ["JS:~o /app/busy.js:1:17", { name: "o", file: "/app/busy.js", line: 1, column: 17 }],
  ["JS:+hotLoop /app/busy.js:1:17", { name: "hotLoop", file: "/app/busy.js", line: 1, column: 17 }],
  ["JS:~ /app/busy.js:3:126", { name: "(anonymous)", file: "/app/busy.js", line: 3, column: 126 }],
  ["Eval:~ /app/busy.js:1:1", { name: "(script)", file: "/app/busy.js", line: 1, column: 1 }],
  ["JS:~resolve node:path:1217:10", { name: "resolve", file: "node:path", line: 1217, column: 10 }],
  [
    "JS:~get we ird:name /a b/c.js:2:9",
    { name: "get we ird:name", file: "/a b/c.js", line: 2, column: 9 },
  ],
  [
    "JS:~load file:///app/m.mjs:4:1",
    { name: "load", file: "file:///app/m.mjs", line: 4, column: 1 },
  ],
  [
    "LazyCompile:*f evalmachine.<anonymous>:1:2",
    { name: "f", file: "evalmachine.<anonymous>", line: 1, column: 2 },
  ],
  ["JS:~sqrt", { name: "sqrt" }],
  ["Builtin:ArrayMap", { name: "Builtin:ArrayMap" }],
  ["BytecodeHandler:Star0.Wide", { name: "BytecodeHandler:Star0.Wide" }],
  ["RegExp:a.*b", { name: "RegExp:a.*b" }],
  ["jl_apply_generic /x.jl:1:2", { name: "jl_apply_generic /x.jl:1:2" }],
])("parseJitName() reads %s", (text, parsed) => {
  expect(parseJitName(text)).toEqual(parsed);
});
