/** The switch of delay accounting, kernel.task_delayacct. Importing reads and changes nothing. @module */
export { delayAccounting, type DelayAccountingState } from "./switch/sysctl.ts";
export { type DelayAccountingHold, enableDelayAccounting, type HoldEnd } from "./switch/hold.ts";
export { SwitchUnavailableError } from "./switch/unavailable.ts";
