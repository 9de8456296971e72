import { type FileDescriptor, openPerfEvent, SyscallError } from "@task-watchers/linux";
import { attributeBytes } from "./attribute-bytes.ts";
import { PERF_COUNT_SW_DUMMY, PERF_TYPE_SOFTWARE } from "./constants.ts";

/**
 * Events that count nothing and hold a thread's other events to it. When the kernel switches from a thread to its child, and the
 * events of both are copies of each other, it may exchange them to save work: the child then has the thread's own events, takes
 * them along into its exec, and at its end to the grave, and what the thread starts afterwards inherits nothing
 * (kernel/events/core.c, perf_event_context_sched_out() and context_equiv()). Not so where one has an event that the other lacks:
 * a first one here no child inherits, a second one threads do and processes do not (since Linux 5.13).
 *
 * @param threadId as gettid(2) numbers it; 0 for the calling thread
 * @throws SyscallError as openPerfEvent()
 */
export function openAnchors(threadId: number): readonly FileDescriptor[] {
  const own = openAnchor(threadId, {});
  try {
    return [own, openAnchor(threadId, { inherit: true, inherit_thread: true })];
  } catch (error) {
    if (error instanceof SyscallError && error.code === "EINVAL") return [own];
    own.close();
    throw error;
  }
}

function openAnchor(
  threadId: number,
  inheritance: { readonly inherit?: true; readonly inherit_thread?: true },
): FileDescriptor {
  const attributes = attributeBytes({
    type: PERF_TYPE_SOFTWARE,
    config: PERF_COUNT_SW_DUMMY,
    sampleFreq: 0,
    sampleType: 0,
    readFormat: 0,
    bits: { ...inheritance, disabled: true, exclude_kernel: true, exclude_hv: true },
  });
  return openPerfEvent(attributes, { pid: threadId, cpu: -1 });
}
