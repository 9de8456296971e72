// @ts-check
/** Everybody else, each used in the fastest way its README tells. */
import { channel } from "node:diagnostics_channel";
import { EventEmitter } from "node:events";

/** @typedef {import("./contenders.js").Contender} Contender */
/** @typedef {import("./workload.js").BenchEvent} BenchEvent */
/** @typedef {import("./workload.js").Listener} Listener */
/** @typedef {import("./workload.js").Task} Task */
/** @typedef {typeof import("mitt").default} Mitt */

/**
 * Packages are imported on demand: a process holds one contender.
 *
 * @type {readonly Contender[]}
 */
export const PEERS = [
  {
    name: "node:events",
    connect(types, listeners) {
      const emitter = new EventEmitter();
      subscribe(types, listeners, (type, listener) => emitter.on(type, listener));
      return (code, event, task) => emitter.emit(types[code] ?? "", event, task);
    },
  },
  {
    name: "node:diagnostics_channel",
    carriesOneValue: true,
    connect(types, listeners) {
      subscribe(types, listeners, (type, listener) => channel(type).subscribe(oneValue(listener)));
      const channels = types.map((type) => channel(type));
      return (code, event) => channels[code]?.publish(event);
    },
  },
  {
    name: "eventemitter3",
    async connect(types, listeners) {
      const { EventEmitter } = await import("eventemitter3");
      const emitter = new EventEmitter();
      subscribe(types, listeners, (type, listener) => emitter.on(type, listener));
      return (code, event, task) => emitter.emit(types[code] ?? "", event, task);
    },
  },
  {
    name: "mitt",
    carriesOneValue: true,
    async connect(types, listeners) {
      // Its types speak of a CommonJS module, Node.js finds the other one.
      const { default: mitt } = /** @type {{ default: Mitt }} */ (
        /** @type {unknown} */ (await import("mitt"))
      );
      const emitter = mitt();
      subscribe(types, listeners, (type, listener) => emitter.on(type, oneValue(listener)));
      return (code, event) => emitter.emit(types[code] ?? "", event);
    },
  },
  {
    name: "tseep",
    generatesCode: true,
    async connect(types, listeners) {
      const { EventEmitter } = await import("tseep");
      /** @type {import("tseep").EventEmitter<Record<string, Listener>>} */
      const emitter = new EventEmitter();
      subscribe(types, listeners, (type, listener) => emitter.on(type, listener));
      return (code, event, task) => emitter.emit(types[code] ?? "", event, task);
    },
  },
  {
    name: "nanoevents",
    async connect(types, listeners) {
      const { createNanoEvents } = await import("nanoevents");
      /** @type {import("nanoevents").Emitter<Record<string, Listener>>} */
      const emitter = createNanoEvents();
      subscribe(types, listeners, (type, listener) => emitter.on(type, listener));
      return (code, event, task) => emitter.emit(types[code] ?? "", event, task);
    },
  },
  {
    name: "tapable",
    generatesCode: true,
    async connect(types, listeners) {
      const { SyncHook } = await import("tapable");
      /** @type {import("tapable").SyncHook<[BenchEvent, Task]>[]} */
      const hooks = types.map(() => new SyncHook(["event", "task"]));
      for (const [code, hook] of hooks.entries()) {
        for (const listener of listeners[code] ?? []) {
          hook.tap("listener", listener);
        }
      }
      return (code, event, task) => hooks[code]?.call(event, task);
    },
  },
  {
    name: "hookable",
    async connect(types, listeners) {
      const { HookableCore } = await import("hookable");
      /** @type {import("hookable").HookableCore<Record<string, Listener>>} */
      const hooks = new HookableCore();
      subscribe(types, listeners, (type, listener) => hooks.hook(type, listener));
      return (code, event, task) => hooks.callHook(types[code] ?? "", event, task);
    },
  },
  {
    name: "emittery",
    carriesOneValue: true,
    answersLater: true,
    async connect(types, listeners) {
      const { default: Emittery } = await import("emittery");
      /** @type {import("emittery").default<Record<string, BenchEvent>>} */
      const emitter = new Emittery();
      subscribe(types, listeners, (type, listener) => emitter.on(type, oneValue(listener)));
      return (code, event) => emitter.emit(types[code] ?? "", event);
    },
  },
  {
    name: "a loop with try and catch",
    byHand: true,
    connect(_types, listeners, sink) {
      return (code, event, task) => {
        for (const listener of listeners[code] ?? []) {
          try {
            listener(event, task);
          } catch (error) {
            sink(error);
          }
        }
      };
    },
  },
];

/**
 * @param {readonly string[]} types
 * @param {readonly (readonly Listener[])[]} listeners
 * @param {(type: string, listener: Listener) => unknown} on
 */
function subscribe(types, listeners, on) {
  for (const [code, type] of types.entries()) {
    for (const listener of listeners[code] ?? []) {
      on(type, listener);
    }
  }
}

/**
 * What a listener is to those who carry one value: it was made to take no more.
 *
 * @param {Listener} listener
 * @returns {(value: unknown) => void}
 */
function oneValue(listener) {
  return /** @type {(value: unknown) => void} */ (/** @type {unknown} */ (listener));
}
