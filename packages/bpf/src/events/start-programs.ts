import { BpfEvents } from "./bpf-events.ts";
import type { KernelLayout } from "./kernel-layout.ts";
import type { BpfEventsOptions, CheckedSizes } from "./options.ts";
import { preparePrograms } from "./prepared-programs.ts";

/**
 * Makes the maps, loads and attaches the programs, and begins to read.
 *
 * @throws BpfUnavailableError with nothing left open
 */
export function startPrograms(
  layout: KernelLayout,
  options: BpfEventsOptions,
  sizes: CheckedSizes,
): BpfEvents {
  const { parts, attach } = preparePrograms(layout, sizes);
  attach();
  const { resources } = parts;
  const events = new BpfEvents(parts, options);
  try {
    events.start();
  } catch (error) {
    events.close();
    throw error;
  }
  const { signal } = options;
  if (signal !== undefined) {
    const close = (): void => events.close();
    signal.addEventListener("abort", close, { once: true });
    resources.add({ close: () => signal.removeEventListener("abort", close) });
  }
  return events;
}
