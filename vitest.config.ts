import { defineConfig } from "vitest/config";
import { ClosingReport } from "./tools/checkout/closing-report.js";

export default defineConfig({
  ssr: { resolve: { conditions: ["@task-watchers/source"] } },
  resolve: { conditions: ["@task-watchers/source"] },
  test: {
    reporters: ["default", new ClosingReport()],
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: [
            "packages/*/src/**/*.test.ts",
            "tools/*/src/**/*.test.ts",
            "tools/*/*.test.js",
            "bench/**/*.test.js",
          ],
          exclude: ["**/*.kernel.test.ts", "**/node_modules/**", "**/dist/**"],
          // Fuzzing takes a second, on a busy machine many.
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "kernel",
          include: ["packages/*/src/**/*.kernel.test.ts", "examples/*.kernel.test.ts"],
          // The kernel is one for all: two files at once would see each other's load.
          fileParallelism: false,
          // A busy machine takes many times as long as a quiet one.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // Other programs fork, exec and take CPU time as they like. What fails once and then passes is told at the end.
          retry: 1,
        },
      },
    ],
  },
});
