/** Stops every exec of a command and its descent until you have read what is about to run. Any user. @module */
export { type ExecStopOptions } from "./options.ts";
export { openExecStop } from "./open-exec-stop.ts";
export type { ExecStop } from "./exec-stop.ts";
export { ExecStopUnavailableError } from "./unavailable.ts";
export type { ExecCall } from "./call/exec-call.ts";
export type { ExecTask } from "./call/exec-task.ts";
export type { EnvironmentChanges } from "./call/environment.ts";
export type { ExecAbi } from "./filter.ts";
export type { OtherCalls, StoppedCall } from "./answer/other-calls.ts";
export type { ExecVerdict } from "./answer/verdict.ts";
export type { ExecOutcome } from "./outcome/outcome.ts";
export type { ExecTrouble } from "./trouble.ts";
export type { ExecStopCounters } from "./counters.ts";
export type { GuardKind } from "./guard/guard.ts";
export type { ExecSpawnOptions } from "./spawn-options.ts";
export type { ExecChild, ExecChildEnd } from "./thread/exec-child.ts";
