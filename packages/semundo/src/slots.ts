/** Named slots: at most so many at a time on this host, and none is lost, whoever dies. @module */
export type { SlotsOptions } from "./slots/arguments.ts";
export {
  listSlots,
  type PlaceOptions,
  removeUnusedSlots,
  type SlotsListing,
} from "./slots/list-slots.ts";
export { type SlotOptions, type Slots, slots } from "./slots/open-slots.ts";
export type { Slot } from "./slots/slot.ts";
export type { SlotHolder } from "./slots/slot-holders.ts";
export { SlotsCountError } from "./slots/slots-error.ts";
