/** Tests that say what of the kernel they need, and helpers that ask the machine. @module */
export { kernelTest } from "./kernel-test.ts";
export {
  capability,
  compiler,
  initialNamespaces,
  kernel,
  type Need,
  program,
  root,
} from "./needs.ts";
export { asNobody, type Ended, nobodyCommand } from "./as-nobody.ts";
export { compileC } from "./compile-c.ts";
export { cOffsets, type COffsetsQuestion } from "./c-offsets.ts";
export { installed } from "./installed.ts";
export { openDescriptors } from "./open-descriptors.ts";
export { procEventFrame, type ProcEventFrame } from "./proc-event-frame.ts";
export { type Load, type LoadMade, type LoadOptions, startLoad } from "./start-load.ts";
