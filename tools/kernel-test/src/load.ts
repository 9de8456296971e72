/** The load maker, for programs outside the test runner. @module */
export { compileC } from "./compile-c.ts";
export { type Load, type LoadMade, type LoadOptions, startLoad } from "./start-load.ts";
