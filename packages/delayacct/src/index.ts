/** What each task of a Linux host took, and what it waited for: a module, a line of the trace, a live view. @module */
import { loadDelayacct } from "./watcher/shared.ts";

export { createDelayacct, type Delayacct } from "./watcher/delayacct.ts";
export { delayacct } from "./watcher/shared.ts";
export type { DelayacctOptions } from "./watcher/options.ts";
export type { DelaysSource, TaskDelays } from "./watcher/task-delays.ts";
export { account, type Accounting, add, NOTHING } from "./watcher/accounting.ts";
export { FIGURE_NAMES, type FigureName, type Figures } from "./watcher/figures.ts";
export { SHARE_NAMES, type ShareName, type Shares } from "./watcher/shares.ts";
export { type DelaysRecord, fromDelaysLine, toDelaysLine } from "./watcher/delays-line.ts";
export { NotAProcessError } from "./live/process-ids.ts";
export {
  type DelayRound,
  type DelaySample,
  sampleDelays,
  type SampledPids,
  type SampleOptions,
} from "./live/sample-delays.ts";

loadDelayacct();
