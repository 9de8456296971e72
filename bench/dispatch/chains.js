// @ts-check
/** Our own contenders. */
import {
  AtomicNotifierChain,
  BlockingNotifierChain,
  RawNotifierChain,
  TaskChain,
} from "@task-watchers/chain";

/** @typedef {import("./contenders.js").Contender} Contender */
/** @typedef {import("./workload.js").BenchEvent} BenchEvent */
/** @typedef {import("./workload.js").Listener} Listener */
/** @typedef {import("./workload.js").Task} Task */

/** @type {readonly Contender[]} */
export const CHAINS = [
  {
    name: "TaskChain.raise",
    connect(types, listeners, sink) {
      const chain = new TaskChain({ onError: sink });
      for (const [watcher] of (listeners[0] ?? []).entries()) {
        const ops = types.map((type, code) => [type, listeners[code]?.[watcher]]);
        chain.register({ name: `watcher ${watcher}`, ...Object.fromEntries(ops) });
      }
      return (_code, event, task) => chain.raise(event, task);
    },
  },
  {
    name: "AtomicNotifierChain.call",
    connect(_types, listeners, sink) {
      const chains = listeners.map((some) =>
        filled(new AtomicNotifierChain({ onError: sink }), some),
      );
      return (code, event, task) => chains[code]?.call(event, task);
    },
  },
  {
    name: "BlockingNotifierChain.call",
    connect(_types, listeners, sink) {
      const chains = listeners.map((some) =>
        filled(new BlockingNotifierChain({ onError: sink }), some),
      );
      return (code, event, task) => chains[code]?.call(event, task);
    },
  },
  {
    name: "RawNotifierChain.call",
    connect(_types, listeners, sink) {
      const chains = listeners.map((some) => filled(new RawNotifierChain({ onError: sink }), some));
      return (code, event, task) => chains[code]?.call(event, task);
    },
  },
];

/**
 * @template {{ register(block: { call: Listener }): unknown }} Chain
 * @param {Chain} chain
 * @param {readonly Listener[]} listeners
 */
function filled(chain, listeners) {
  for (const call of listeners) {
    chain.register({ call });
  }
  return chain;
}
