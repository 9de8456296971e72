// @ts-check
/**
 * What of ours watches, by the row's name: the patches of 2006, one after the other, and what has been added since. Packages are
 * imported by the rows that use them: what is not wanted costs nothing there either.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { blocking, counting, registerOnEachTask } from "./watchers.js";

/** @typedef {import("@task-watchers/chain").TaskWatchers} TaskWatchers */
/** @typedef {import("@task-watchers/tasks").WatchOptions} WatchOptions */
/**
 * What a row's watch is made with, and what is to be put back after it.
 *
 * @typedef {object} Setting
 * @property {TaskWatchers} watchers
 * @property {Partial<WatchOptions>} options
 * @property {(() => unknown)[]} undo in the order in which it was done
 */
/** @typedef {(setting: Setting) => Promise<void>} Configure */

/** Samples a second of each CPU. */
const FREQUENCY_HZ = 99;

/** @type {Configure} */
async function procEvents({ watchers }) {
  const { createProcEvents } = await import("@task-watchers/proc-events");
  const module = createProcEvents();
  watchers.load(module);
  void read(module.events());
}

/** One process that serves, one that listens. @type {Configure} */
async function relay({ watchers, undo }) {
  const { createProcEvents } = await import("@task-watchers/proc-events");
  const { serveRelay } = await import("@task-watchers/proc-events/relay");
  const module = createProcEvents({ name: "relay" });
  watchers.load(module);
  const directory = mkdtempSync(join(tmpdir(), "bench-relay-"));
  undo.push(() => rmSync(directory, { recursive: true, force: true }));
  const path = join(directory, "socket");
  const served = await serveRelay({ path, source: module });
  undo.push(() => served.close());
  const script = fileURLToPath(new URL("relay-listener.js", import.meta.url));
  const listener = spawn(process.execPath, [script, path], { stdio: ["pipe", "pipe", "inherit"] });
  const end = once(listener, "close");
  undo.push(async () => {
    listener.stdin.end();
    await end;
  });
  await once(listener.stdout, "data");
}

/** @type {Configure} */
async function audit({ watchers }) {
  const { createAudit } = await import("@task-watchers/audit");
  watchers.load(createAudit({ enable: true, scope: "host" }));
}

/** @type {Configure} */
async function delayacct({ watchers, undo }) {
  const { createDelayacct } = await import("@task-watchers/delayacct");
  const { enableDelayAccounting } = await import("@task-watchers/delayacct/switch");
  const hold = await enableDelayAccounting();
  undo.push(() => hold.release());
  watchers.load(createDelayacct());
}

/** @type {Configure} */
async function profile({ watchers }) {
  const { createProfile } = await import("@task-watchers/profile");
  watchers.load(createProfile({ target: { kind: "host" }, frequencyHz: FREQUENCY_HZ }));
}

/** @param {"global" | "per-task"} variant @returns {Configure} */
function semundo(variant) {
  return async ({ watchers }) => {
    const { createSemundo } = await import("@task-watchers/semundo");
    watchers.load(createSemundo({ variant, watchers }));
  };
}

/** @type {Configure} */
async function blockingChain({ watchers }) {
  watchers.register(blocking());
}

/** @type {Configure} */
async function perTaskWatchers({ watchers }) {
  registerOnEachTask(watchers);
}

/** Who tells a watch what happens. @type {Readonly<Record<string, readonly Configure[]>>} */
export const SOURCES = {
  connector: [],
  bpf: [
    async ({ options }) => {
      const { openBpfSource } = await import("@task-watchers/bpf/source");
      Object.assign(options, { events: await openBpfSource() });
    },
  ],
};

/** Every row has a watcher that counts each event. @type {Readonly<Record<string, readonly Configure[]>>} */
export const CONFIGURATIONS = {
  "chain and tasks": [],
  "proc-events": [procEvents],
  relay: [relay],
  "blocking chain": [blockingChain],
  audit: [audit],
  delayacct: [delayacct],
  "profile at 99 Hz": [profile],
  "per-task watchers": [perTaskWatchers],
  "semundo global": [semundo("global")],
  "semundo per-task": [semundo("per-task")],
  everything: [
    ...[procEvents, relay, blockingChain, audit, delayacct, profile],
    ...[perTaskWatchers, semundo("per-task")],
  ],
};

/** @param {AsyncIterable<unknown>} events */
async function read(events) {
  for await (const event of events) if (event !== undefined) counting.events++;
}
