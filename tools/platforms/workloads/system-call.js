// @ts-check
/** Calls the kernel once, as this processor does it. */
import { monotonicNs } from "@task-watchers/linux";

const before = process.hrtime.bigint();
const now = monotonicNs();
if (now < before || now > process.hrtime.bigint()) throw new Error(`the clock says ${now}`);
console.log(process.arch, now);
