// Needs of the kernel: the process events connector (any user since Linux 6.6), in the initial namespaces; a C compiler
// for loads; root, to become nobody.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import {
  compiler,
  initialNamespaces,
  installed,
  kernel,
  kernelTest,
  type LoadMade,
  nobodyCommand,
  openDescriptors,
  root,
  startLoad,
} from "@task-watchers/kernel-test";
import { afterAll, beforeAll, expect, onTestFinished, vi } from "vitest";
import type { ProcEvent } from "../event/proc-event.ts";
import { connectRelay } from "./connect.ts";
import { Proxy, until } from "./fake-source.fixture.ts";
import type { ListenerEvent } from "./relay-options.ts";
import type { RelayStream } from "./relay-stream.ts";
import { type ListenerStatus, serveRelay } from "./serve.ts";

const NEEDS = [kernel("6.6"), initialNamespaces];
const LISTENERS = 20;
const QUEUE_LIMIT = 1000;
const LESS_THAN_QUEUED = { rate: 1600, seconds: 0.5, workers: 2, execPercent: 5 } as const;
/** What a listener of these tests asks for: the descent of this process, from now on. */
const OURS = { pid: process.pid, existing: false } as const;

/** Says when it is ready, listens when told to, and at the end of the relay what it got. */
const LISTENER = `
  import { once } from "node:events";
  import { connectRelay } from "@task-watchers/proc-events/relay";
  const [path, filter] = process.argv.slice(1);
  console.log("ready");
  await once(process.stdin, "data");
  process.stdin.unref();
  const stream = await connectRelay(path, { ...JSON.parse(filter), queueLimit: 100 });
  console.log("joined");
  let events = 0;
  for await (const event of stream) if (event.type !== "lost") events++;
  const { lost, unknownLosses, reconnects } = stream.counters;
  console.log(JSON.stringify({ events, lost, unknownLosses, reconnects }));
`;

/** The first event that a listener gets, or why it gets none. */
const ONE_EVENT = `
  import { connectRelay } from "@task-watchers/proc-events/relay";
  try {
    const stream = await connectRelay(process.argv[1], { kinds: ["fork"], existing: true });
    console.log((await stream.next()).value.type);
    await stream.close();
  } catch (error) {
    console.log(error.code + ": " + error.message);
  }
`;

const SERVER = `
  import { serveRelay } from "@task-watchers/proc-events/relay";
  await serveRelay({ path: process.argv[1] });
  console.log("serving");
`;

interface Got {
  readonly events: number;
  readonly lost: number;
  readonly unknownLosses: number;
  readonly reconnects: number;
}

interface Script {
  readonly process: ChildProcess;
  line(): Promise<string>;
}

// Twenty programs have to start, and one of them is stopped for a while.
vi.setConfig({ testTimeout: 240_000 });

let packages = "";
let dir = "";

beforeAll(() => {
  packages = installed("proc-events");
  dir = mkdtempSync(join(tmpdir(), "relay-"));
  chmodSync(dir, 0o755);
});

afterAll(() => rmSync(dir, { recursive: true }));

function script(code: string, ...args: string[]): Script {
  const child = spawn(process.execPath, ["--input-type=module", "-e", code, ...args], {
    cwd: packages,
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines: Interface = createInterface(child.stdout);
  const iterator = lines[Symbol.asyncIterator]();
  return { process: child, line: async () => String((await iterator.next()).value) };
}

/** What a script prints that runs as nobody. The relay is in this process: it must not wait. */
async function asNobody(code: string, ...args: string[]): Promise<string> {
  const node = ["--input-type=module", "-e", code, ...args];
  const [setpriv = "", ...rest] = nobodyCommand(process.execPath, node);
  const child = spawn(setpriv, rest, {
    cwd: packages,
    env: { PATH: process.env["PATH"] },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return text(child.stdout);
}

/** Events of a load: the load maker's own fork, exec and exit, its workers' forks and exits, and what those made. */
function eventsOf({ forks, execs, exits }: LoadMade, workers: number): number {
  return 3 + 2 * workers + forks + execs + exits;
}

kernelTest(
  `of ${LISTENERS} listeners one that is stopped loses events, which it is told; the others get every event`,
  [...NEEDS, compiler],
  async () => {
    await startLoad({ rate: 10, seconds: 1, workers: 1, execPercent: 0 });
    const path = join(dir, "many");
    await using relay = await serveRelay({
      path,
      queueLimit: QUEUE_LIMIT,
      maxListenersPerUid: LISTENERS,
    });
    const listeners = Array.from({ length: LISTENERS }, () =>
      script(LISTENER, path, JSON.stringify(OURS)),
    );
    for (const listener of listeners) expect(await listener.line()).toBe("ready");
    for (const { process } of listeners) process.stdin?.write("go");
    for (const listener of listeners) expect(await listener.line()).toBe("joined");
    const [stopped, ...others] = listeners;
    stopped?.process.kill("SIGSTOP");
    const greetings = Math.max(...relay.listeners().map(({ sent }) => sent));
    let total = 0;
    // Less than a queue holds at a time, and no more before it is sent: who reads misses nothing, however busy the machine.
    const load = async (isSent: (status: ListenerStatus) => boolean): Promise<void> => {
      total += eventsOf(await startLoad(LESS_THAN_QUEUED), 2);
      await vi.waitUntil(() => relay.listeners().every(isSent), 20_000);
    };
    const isSent = ({ sent, queued }: ListenerStatus): boolean =>
      queued === 0 && sent === greetings + total;
    // Until what is on its way to it, in the sockets and in the queue, is all there is room for.
    while (relay.listeners().every(({ dropped }) => dropped === 0)) {
      await load((status) => status.pid === stopped?.process.pid || isSent(status));
    }
    stopped?.process.kill("SIGCONT");
    await load((status) =>
      status.pid === stopped?.process.pid ? status.queued === 0 : isSent(status),
    );
    const statuses = relay.listeners();
    expect(statuses).toHaveLength(LISTENERS);
    await relay.close();
    const nothingLost = { events: total, lost: 0, unknownLosses: 0, reconnects: 0 };
    for (const listener of others) expect(JSON.parse(await listener.line())).toEqual(nothingLost);
    const got: Got = JSON.parse((await stopped?.line()) ?? "");
    console.info(`made ${total}, the stopped listener got ${got.events} and lost ${got.lost}`);
    expect(got.lost).toBeGreaterThan(0);
    expect(got.events + got.lost).toBe(total);
    const dropped = statuses.filter((status) => status.dropped > 0);
    expect(dropped).toMatchObject([{ pid: stopped?.process.pid, dropped: got.lost }]);
    // Their ends are events of our descent, and not for the next test.
    for (const { process } of listeners) {
      if (process.exitCode === null) await once(process, "exit");
    }
  },
);

kernelTest(
  "connections that are cut while events come make gaps that are told exactly",
  [...NEEDS, compiler],
  async () => {
    await using relay = await serveRelay({ path: join(dir, "cut") });
    using proxy = await Proxy.open(join(dir, "proxy"), relay.path);
    await using whole = await connectRelay(relay.path, OURS);
    await using cut = await connectRelay(join(dir, "proxy"), { ...OURS, retryMs: 20 });
    const counts = [count(whole), count(cut)];
    const load = startLoad({ rate: 2000, seconds: 3, workers: 2, execPercent: 0 });
    for (let round = 1; round <= 5; round++) {
      await pause(300);
      proxy.holdUp();
      await pause(100);
      proxy.cut();
      await until(() => cut.counters.reconnects === round);
    }
    const total = eventsOf(await load, 2);
    await pause(200);
    await until(() => relay.listeners().every(({ queued }) => queued === 0));
    await relay.close();
    const [all, some] = await Promise.all(counts);
    console.info(`made ${total}, got ${some} and lost ${cut.counters.lost} in 5 cuts`);
    expect(all).toBe(total);
    expect(cut.counters.lost).toBeGreaterThan(0);
    expect((some ?? 0) + cut.counters.lost).toBe(total);
    expect(cut.counters.unknownLosses).toBe(0);
  },
);

/** Events until the end of a stream, losses left out. */
async function count(stream: RelayStream): Promise<number> {
  let events = 0;
  for await (const event of stream) if (event.type !== "lost") events++;
  return events;
}

kernelTest(
  "a relay that is killed and started again is a loss of unknown size",
  NEEDS,
  async () => {
    const path = join(dir, "killed");
    const first = script(SERVER, path);
    expect(await first.line()).toBe("serving");
    await using stream = await connectRelay(path, { ...OURS, retryMs: 20 });
    spawnSync("true");
    const before = await nextOf(stream, "exit");
    first.process.kill("SIGKILL");
    await once(first.process, "exit");
    const second = script(SERVER, path);
    expect(await second.line()).toBe("serving");
    await until(() => stream.counters.reconnects === 1);
    const lost = await nextOf(stream, "lost");
    expect(lost).toMatchObject({ reason: "disconnected", count: null });
    expect(lost?.type === "lost" && lost.sinceNs >= (before?.timeNs ?? 0n)).toBe(true);
    spawnSync("true");
    expect(await nextOf(stream, "exit")).toMatchObject({ code: 0 });
  },
);

async function nextOf(stream: RelayStream, type: string): Promise<ProcEvent | undefined> {
  for (;;) {
    const { value } = await stream.next();
    if (value === undefined || value.type === type) return value;
  }
}

kernelTest(
  "a socket of mode 0666 serves nobody without capabilities; one of mode 0600 does not",
  [...NEEDS, root],
  async () => {
    await using open = await serveRelay({ path: join(dir, "open"), mode: 0o666 });
    expect(await asNobody(ONE_EVENT, open.path)).toBe("fork\n");
    await using closed = await serveRelay({ path: join(dir, "closed"), mode: 0o600 });
    expect(await asNobody(ONE_EVENT, closed.path)).toMatch(/^EACCES: no right to connect/u);
  },
);

kernelTest("a relay leaves no descriptor open", NEEDS, async () => {
  const serveOnce = async (): Promise<void> => {
    await using relay = await serveRelay({ path: join(dir, "once") });
    await using stream = await connectRelay(relay.path, { kinds: ["fork"], existing: true });
    expect(await stream.next()).toMatchObject({ value: { type: "fork", existing: true } });
    await expect(connectRelay(relay.path, { threads: true })).rejects.toThrow(/no threads/u);
    await expect(serveRelay({ path: relay.path })).rejects.toMatchObject({ code: "EADDRINUSE" });
  };
  await serveOnce();
  const before = openDescriptors();
  for (let round = 0; round < 5; round++) await serveOnce();
  await expect.poll(() => openDescriptors()).toEqual(before);
});

kernelTest("a list of users refuses nobody, with a message", [...NEEDS, root], async () => {
  const events: ListenerEvent[] = [];
  const onListener = (event: ListenerEvent): void => void events.push(event);
  await using relay = await serveRelay({
    path: join(dir, "listed"),
    mode: 0o666,
    uids: [0],
    onListener,
  });
  expect(await asNobody(ONE_EVENT, relay.path)).toMatch(/^EACCES: .*does not serve user 65534/u);
  await using _allowed = await connectRelay(relay.path);
  expect(events).toMatchObject([
    { type: "refused", uid: 65_534, gid: 65_534, error: { code: "EACCES" } },
    { type: "joined", uid: 0, pid: process.pid },
  ]);
});

kernelTest(
  "a socket of a group serves its members, by their supplementary groups too",
  [...NEEDS, root],
  async () => {
    const path = join(dir, "group");
    await using _relay = await serveRelay({ path, group: 65_500, gids: [65_500] });
    expect(statSync(path)).toMatchObject({ gid: 65_500 });
    expect(await asNobody(ONE_EVENT, path)).toMatch(/^EACCES: no right/u);
    const member = spawn(
      "setpriv",
      [
        ...["--reuid=65534", "--regid=65534", "--groups=65500", "--bounding-set=-all", "--"],
        ...[process.execPath, "--input-type=module", "-e", ONE_EVENT, path],
      ],
      { cwd: packages, stdio: ["ignore", "pipe", "inherit"] },
    );
    expect(await text(member.stdout)).toBe("fork\n");
  },
);

kernelTest(
  "a relay begins over the socket of one that was killed, wherever its packages are",
  NEEDS,
  async () => {
    const path = join(dir, "killed");
    const killed = script(SERVER, path);
    expect(await killed.line()).toBe("serving");
    killed.process.kill("SIGKILL");
    await once(killed.process, "exit");
    // A program of its own, for which Node.js looked up links; koffi, which is one too, is loaded after the look at the socket.
    const program = join(dir, "server.mjs");
    symlinkSync(join(packages, "node_modules"), join(dir, "node_modules"));
    writeFileSync(program, SERVER.replace("argv[1]", "argv[2]"));
    // Without NODE_PATH, which a test runner may have, and which would lead to koffi's binary after all.
    const second = spawn(process.execPath, [program, path], { env: {} });
    onTestFinished(() => void second.kill("SIGKILL"));
    const [said] = await Promise.race([
      once(second.stdout, "data"),
      text(second.stderr).then((errors) => [errors]),
    ]);
    expect(String(said)).toBe("serving\n");
  },
);

kernelTest(
  "a listener of a process hears its end, and then that this is the end",
  NEEDS,
  async () => {
    await using relay = await serveRelay({ path: join(dir, "descent") });
    const shell = spawn("sh", ["-c", "sleep 30 & read line; exit 5"], {
      stdio: ["pipe", "ignore", "inherit"],
    });
    await using stream = await connectRelay(relay.path, {
      pid: shell.pid ?? 0,
      kinds: ["fork", "exec", "exit"],
    });
    await using failures = await connectRelay(relay.path, { pid: shell.pid ?? 0, failed: true });
    const ends: number[] = [];
    let sleeper = 0;
    for await (const event of stream) {
      if (event.type === "lost") continue;
      const argv = Array.isArray(event.exec?.argv) ? event.exec.argv.join(" ") : "";
      if (event.type === "exit") ends.push(event.pid);
      else if (argv === "sleep 30") sleeper = event.pid;
      if (argv === "sleep 30" && event.type !== "exit") shell.stdin.end("\n");
      if (event.type === "exit" && event.pid === shell.pid) process.kill(sleeper);
    }
    expect(ends).toEqual([shell.pid, sleeper]);
    expect(await failures.next()).toMatchObject({
      value: { code: 5, exec: { argv: ["sh", "-c", "sleep 30 & read line; exit 5"] } },
    });
    expect(await failures.next()).toMatchObject({
      value: { signal: 15, exec: { argv: ["sleep", "30"] } },
    });
    expect(await failures.next()).toEqual({ value: undefined, done: true });
    const tid =
      readdirSync("/proc/self/task")
        .map(Number)
        .find((tid) => tid !== process.pid) ?? 0;
    await expect(connectRelay(relay.path, { pid: tid })).rejects.toMatchObject({
      code: "EINVAL",
      message: /is a thread of process/u,
    });
  },
);
