/** A trace read whole, as what pictures are made of. Pure: no kernel, no watcher. @module */
export { baseName, commandLine, programName, shellCall, shellCommand } from "./model/command.ts";
export {
  type CommandGroup,
  groupCommands,
  type GroupedTask,
  percentile,
} from "./model/command-groups.ts";
export { concurrency, type Concurrency } from "./model/concurrency.ts";
export { criticalPath, mainRoot, type PathStretch, type PathTask } from "./model/critical-path.ts";
export { hasFailed, isExecuted, lastExec } from "./model/outcome.ts";
export {
  type ReadModelOptions,
  readTraceModel,
  type ReadProgress,
} from "./model/read-trace-model.ts";
export { SHARES, type ShareName, shareOut, type Shares } from "./model/shares.ts";
export { TraceError, type TraceErrorCode } from "./model/trace-error.ts";
export type {
  DelayFigures,
  FunctionSamples,
  ModelDelays,
  ModelExec,
  ModelExit,
  ModelFailedExec,
  ModelIds,
  ModelLoss,
  ModelMark,
  ModelSamples,
  ModelTask,
  TraceModel,
} from "./model/trace-model.ts";
