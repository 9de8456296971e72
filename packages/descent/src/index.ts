/** Every task event of a command and its descent, in any namespace and as any user. Opens nothing at import. @module */
export { openDescent } from "./open-descent.ts";
export type { Descent } from "./descent.ts";
export { descentSource, type StoppedDescent } from "./descent-source.ts";
export type { DescentOptions, SourceOptions } from "./options.ts";
export type { DescentCounters } from "./source/counters.ts";
