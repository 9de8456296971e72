/** Two traces side by side: what ran in one only, what grew, what moved. @module */
export {
  type CommandOf,
  compareTraces,
  type ProgramChange,
  type TraceComparison,
  type TraceFigures,
} from "./compare/compare-traces.ts";
export { comparisonMarkdown } from "./compare/comparison-markdown.ts";
export { comparisonText, type ComparisonTextOptions } from "./compare/comparison-text.ts";
export type { Move } from "./compare/moves.ts";
export type { CommandTotals } from "./export/command-totals.ts";
