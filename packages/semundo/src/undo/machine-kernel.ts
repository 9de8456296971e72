import { operateSemaphores, packSemaphoreSteps, semaphoreValue } from "@task-watchers/linux";
import type { UndoKernel } from "./undo-kernel.ts";

/** The kernel this runs on. */
export const machineKernel: UndoKernel = {
  tryOperate(set, steps) {
    const packed = steps.map((step) =>
      packSemaphoreSteps([step], { undo: step.undo, wait: false }),
    );
    return operateSemaphores(set, Buffer.concat(packed));
  },
  value: semaphoreValue,
};
