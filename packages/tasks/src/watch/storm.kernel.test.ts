// Needs of the kernel: the process events connector (any user since Linux 6.6), unmasked as root so that the receive
// buffer is what was asked for; a C compiler.
//
// The load maker counts what it makes: delivered + lost must be that, in every run. Other programs of the host fork too
// meanwhile; the kernel's own count of forks bounds how many events are theirs.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { TaskWatchers } from "@task-watchers/chain";
import {
  compiler,
  initialNamespaces,
  kernel,
  kernelTest,
  startLoad,
} from "@task-watchers/kernel-test";
import { monotonicNs, touchThreadName } from "@task-watchers/linux";
import { openNetlinkSocket } from "@task-watchers/netlink";
import { expect } from "vitest";
import { Connector } from "../connector/connector.ts";
import { watchTasks } from "./watch-tasks.ts";

const NEEDS = [kernel("6.6"), initialNamespaces, compiler];
const SOON = { timeout: 60_000 };
const FORK = 1;
const EXIT = 0x80000000;
/** FORK, EXEC, EXIT. */
const KINDS: ReadonlySet<number> = new Set([FORK, 2, EXIT]);
const LIFE = 0x80000047;
/** Events of the load maker itself: its own fork, exec and exit, its two workers' forks and exits. */
const OWN = 7;

interface Storm {
  readonly mask?: number;
  readonly receiveBufferBytes: number;
  /** Block the event loop now and then for so long, milliseconds. */
  readonly blockMs?: number;
}

function forksOnHost(): number {
  return Number(/^processes (\d+)$/mu.exec(readFileSync("/proc/stat", "latin1"))?.[1]);
}

async function storm({ mask, receiveBufferBytes, blockMs }: Storm) {
  // Compiled now, not while the connector listens.
  await startLoad({ rate: 1, seconds: 0, workers: 1, execPercent: 0 });
  const own = new Set<number>();
  let delivered = 0;
  let ours = 0;
  let reported = 0;
  const open = () =>
    openNetlinkSocket({ protocol: 11, receiveBufferBytes, datagramBytes: 128, batch: 256 });
  const connector = new Connector({
    open,
    openBell: open,
    touch: touchThreadName,
    now: monotonicNs,
    mask,
    tgid: process.pid,
    sink: {
      event: (what, _pid, tgid, _first, parent) => {
        if (!KINDS.has(what)) return;
        delivered++;
        if (what === FORK && own.has(parent)) own.add(tgid);
        if (own.has(tgid)) ours++;
        if (what === EXIT) own.delete(tgid);
      },
      lost: (loss) => void (reported += loss.count ?? 0),
      settled: () => {},
    },
  });
  // Before the load: its first forks come before we are told of its start.
  const forksBefore = forksOnHost();
  const load = startLoad({ rate: 60_000, seconds: 10, workers: 2, execPercent: 3 });
  own.add(load.pid);
  connector.start();
  const blocker = setInterval(() => {
    const until = performance.now() + (blockMs ?? 0);
    while (performance.now() < until);
  }, 2000);
  const made = await load;
  clearInterval(blocker);
  // A gap shows at the next event of its CPU, a loss after which nothing came at the next heartbeat.
  for (let tries = 0; tries < 20; tries++) {
    for (const cpu of cpus().keys()) execFileSync("taskset", ["-c", String(cpu), "true"]);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    connector.drain();
    const { dropped, sequenceGaps, lost } = connector.counters();
    if ((sequenceGaps ?? dropped) === dropped && reported === lost) break;
  }
  const others = forksOnHost() - forksBefore - made.forks;
  const counters = connector.counters();
  connector.close();
  const produced = made.forks + made.execs + made.exits + OWN;
  process.stderr.write(
    `storm: ${Math.round(made.rate)} events/s, delivered ${delivered}, lost ${counters.lost}, produced ${produced}, forks of others ${others}\n`,
  );
  return { counters, reported, delivered, ours, produced, others };
}

function expectExact(result: Awaited<ReturnType<typeof storm>>): void {
  const { counters, reported, delivered, ours, produced, others } = result;
  expect(reported).toBe(counters.lost);
  // Whose the lost ones were nobody can know; where none was lost, the load's own are exactly what it made.
  if (counters.lost === 0) expect(ours).toBe(produced);
  expect(ours).toBeLessThanOrEqual(produced);
  const surplus = delivered + counters.lost - produced;
  expect(surplus).toBeGreaterThanOrEqual(0);
  // Fork, a few execs, exit, ids of each stranger, and the last ones' events that came after the count.
  expect(surplus).toBeLessThanOrEqual(6 * Math.max(0, others) + 40);
}

kernelTest(
  "60,000 events a second, as far as the machine can: delivered + lost == produced",
  NEEDS,
  async () => {
    expectExact(await storm({ mask: LIFE, receiveBufferBytes: 8_388_608 }));
  },
);

kernelTest("The same with an event loop that is blocked for 500 ms", NEEDS, async () => {
  const result = await storm({ mask: LIFE, receiveBufferBytes: 8_388_608, blockMs: 500 });
  expectExact(result);
  expect(result.counters.lost).toBeGreaterThan(0);
});

kernelTest("The same with the kernel's default receive buffer", NEEDS, async () => {
  expectExact(await storm({ mask: LIFE, receiveBufferBytes: 0 }));
});

kernelTest(
  "Blocked, default buffer, no mask: drop counter and sequence gaps agree",
  NEEDS,
  async () => {
    const { counters, reported } = await storm({ receiveBufferBytes: 0, blockMs: 500 });
    expect(counters.dropped).toBeGreaterThan(0);
    // The last ones dropped have nothing after them that shows the gap; the socket's counter has them.
    expect(counters.sequenceGaps).toBeGreaterThan(0);
    expect(counters.sequenceGaps).toBeLessThanOrEqual(counters.dropped);
    expect(reported).toBe(counters.dropped);
    expect(counters.overruns).toBeGreaterThan(0);
  },
);

kernelTest("After an overrun the connector hears again", NEEDS, async () => {
  const heard = new Set<number>();
  const watchers = new TaskWatchers();
  watchers.chain.register({ name: "heard", clone: (_event, { pid }) => void heard.add(pid) });
  await using watch = await watchTasks({ watchers, scope: "all", receiveBufferBytes: 0 });
  const load = startLoad({ rate: 60_000, seconds: 1, workers: 2, execPercent: 0 });
  const until = performance.now() + 500;
  while (performance.now() < until);
  await load;
  await expect.poll(() => watch.counters().connector?.lost, SOON).toBeGreaterThan(0);
  // The buffer may still be full of the load when the first one starts.
  const hears = async (): Promise<boolean> => {
    const child = spawn("true");
    await once(child, "exit");
    return heard.has(child.pid ?? 0);
  };
  await expect.poll(hears, SOON).toBe(true);
});

kernelTest(
  "After losses every task that was told of is let go, and the watch becomes idle",
  NEEDS,
  async () => {
    const alive = new Set<string>();
    let synthetic = 0;
    const watchers = new TaskWatchers();
    watchers.chain.register({
      name: "balance",
      init: (_event, task) => void alive.add(task.id),
      exit: (event) => void (synthetic += event.synthetic ? 1 : 0),
      free: (_event, task) => void alive.delete(task.id),
    });
    await using watch = await watchTasks({ watchers, receiveBufferBytes: 0 });
    const load = startLoad({ rate: 60_000, seconds: 2, workers: 2, execPercent: 3 });
    watch.follow(load.pid);
    const until = performance.now() + 700;
    while (performance.now() < until);
    await load;
    await watch.whenIdle();
    expect(watch.counters().connector?.lost).toBeGreaterThan(0);
    expect(alive.size).toBe(0);
    expect(watch.size).toBe(0);
    process.stderr.write(`after losses: ${synthetic} exits inferred\n`);
  },
);
