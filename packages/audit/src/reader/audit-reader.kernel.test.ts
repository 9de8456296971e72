// Needs: CAP_AUDIT_CONTROL and CAP_AUDIT_READ in the initial namespaces; root for what gives capabilities up.
import {
  asNobody,
  capability,
  initialNamespaces,
  installed,
  kernelTest,
  openDescriptors,
  root,
} from "@task-watchers/kernel-test";
import { spawnSync } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "vitest";
import type { AuditClient } from "../client/audit-client.ts";
import { keepingAudit } from "../client/audit-state.fixture.ts";
import { acquireAuditLease } from "../lease/audit-lease.ts";
import { type Session, startSession } from "../lease/session.fixture.ts";
import { type AuditReader, openAuditReader } from "./audit-reader.ts";
import type { AuditLoss } from "./record-queue.ts";

const needs = [capability("CAP_AUDIT_CONTROL"), capability("CAP_AUDIT_READ"), initialNamespaces];

const SYSCALL = 1300;
const EXECVE = 1309;

interface Watched {
  readonly session: Session;
  readonly reader: AuditReader;
  readonly records: (readonly [type: number, text: string])[];
  readonly losses: AuditLoss[];
}

/** A session whose programs are recorded, and a reader; nothing else makes records. */
async function watching(
  client: AuditClient,
  body: (watched: Watched) => Promise<void>,
  receiveBufferBytes?: number,
): Promise<void> {
  await using session = await startSession();
  await using _lease = await acquireAuditLease({
    client,
    rules: ["exec"],
    enable: true,
    session: session.id,
  });
  const records: (readonly [number, string])[] = [];
  const losses: AuditLoss[] = [];
  using reader = await openAuditReader({
    onRecord: (type, text) => records.push([type, text]),
    onLost: (loss) => losses.push(loss),
    ...(receiveBufferBytes !== undefined && { receiveBufferBytes }),
  });
  await body({ session, reader, records, losses });
}

/** Records that came or were lost, once no more come. */
async function settled({ reader }: Watched): Promise<number> {
  for (let before = -1; ;) {
    reader.drain();
    const { told, lost } = reader.counters;
    if (told + lost === before) return before;
    before = told + lost;
    await delay(250);
  }
}

/** Records one program makes. */
async function recordsOfOne(watched: Watched): Promise<number> {
  const before = await settled(watched);
  await watched.session.run(1);
  const each = (await settled(watched)) - before;
  expect(each).toBeGreaterThanOrEqual(5);
  return each;
}

kernelTest(
  "each program of a burst is told, or its records are counted as lost",
  needs,
  async () => {
    const descriptors = openDescriptors();
    await keepingAudit(async (client) => {
      await watching(client, async (watched) => {
        const { session, reader, records, losses } = watched;
        const each = await recordsOfOne(watched);
        const before = await settled(watched);
        const seen = records.length;
        await session.run(400);
        expect((await settled(watched)) - before).toBe(400 * each);
        expect(losses.reduce((sum, { count }) => sum + count, 0)).toBe(reader.counters.lost);
        const fresh = records.slice(seen);
        if (reader.counters.lost === 0) {
          const count = (type: number): number => fresh.filter(([each]) => each === type).length;
          expect([count(SYSCALL), count(EXECVE)]).toEqual([400, 400]);
        }
        const call = fresh.find(([type]) => type === SYSCALL)?.[1];
        expect(call).toMatch(
          /^audit\(\d+\.\d{3}:\d+\): arch=[0-9a-f]+ syscall=\d+ .* key="task-watchers:/u,
        );
        expect(call).toContain(`ses=${session.id} `);
      });
    });
    expect(openDescriptors()).toEqual(descriptors);
  },
);

kernelTest(
  "what a reader that stood still has missed is counted exactly, in its place",
  needs,
  async () => {
    await keepingAudit(async (client) => {
      await watching(
        client,
        async (watched) => {
          const { session, reader, records, losses } = watched;
          const each = await recordsOfOne(watched);
          const before = await settled(watched);
          const seen = records.length;
          session.runBlocking(300);
          expect((await settled(watched)) - before).toBe(300 * each);
          const { lost, overruns } = reader.counters;
          expect(lost).toBeGreaterThan(0);
          expect(overruns).toBe(losses.length);
          expect(losses.reduce((sum, { count }) => sum + count, 0)).toBe(lost);
          expect(losses.every(({ sinceNs, untilNs }) => sinceNs < untilNs)).toBe(true);
          // It hears again.
          const after = await settled(watched);
          await session.run(1);
          expect((await settled(watched)) - after).toBe(each);
          expect(records.length - seen).toBe(301 * each - lost);
        },
        65_536,
      );
    });
  },
);

kernelTest("a listener that throws misses nothing that follows", needs, async () => {
  const errors: unknown[] = [];
  const handlers = process.listeners("uncaughtException");
  process
    .removeAllListeners("uncaughtException")
    .on("uncaughtException", (error) => errors.push(error));
  try {
    await keepingAudit(async (client) => {
      await using session = await startSession();
      await using _lease = await acquireAuditLease({
        client,
        rules: ["exec"],
        enable: true,
        session: session.id,
      });
      let calls = 0;
      using reader = await openAuditReader({
        onRecord: () => {
          calls++;
          throw new Error("mine");
        },
        onLost: () => {},
      });
      await session.run(2);
      await settled({ session, reader, records: [], losses: [] });
      expect(calls).toBeGreaterThanOrEqual(10);
      expect(reader.counters.told).toBe(calls);
      expect(errors).toHaveLength(calls);
    });
  } finally {
    process.removeAllListeners("uncaughtException");
    for (const handler of handlers) process.on("uncaughtException", handler);
  }
});

kernelTest(
  "a reader ends with its signal, says so once, and gives its socket back",
  needs,
  async () => {
    const before = openDescriptors();
    const controller = new AbortController();
    const ends: unknown[] = [];
    const reader = await openAuditReader({
      onRecord: () => {},
      onLost: () => {},
      onClose: (reason) => ends.push(reason),
      signal: controller.signal,
    });
    expect(reader.counters.receiveBufferBytes).toBeGreaterThanOrEqual(16_777_216);
    controller.abort();
    reader.close();
    expect([reader.closed, ends, reader.drain()]).toEqual([true, [undefined], 0]);
    expect(openDescriptors()).toEqual(before);
    await expect(
      openAuditReader({ onRecord: () => {}, onLost: () => {}, signal: controller.signal }),
    ).rejects.toThrow(/abort/u);
    await expect(
      openAuditReader({ onRecord: () => {}, onLost: 5 as unknown as () => void }),
    ).rejects.toThrow("onLost must be a function, got 5");
  },
);

const OPEN = `
  import { openAuditReader } from "@task-watchers/audit/client";
  await openAuditReader({ onRecord() {}, onLost() {} }).then((reader) => {
    console.log("open");
    reader.close();
  }, (error) => console.log(error.name, error.code, error.message));
`;
const command = (): string =>
  `cd ${installed("audit")} && exec ${process.execPath} --input-type=module -e '${OPEN}'`;

kernelTest("exactly CAP_AUDIT_READ is enough to read", [root, ...needs], () => {
  expect(asNobody("/bin/sh", ["-c", command()], ["CAP_AUDIT_READ"]).stdout).toBe("open\n");
  for (const others of [[], ["CAP_AUDIT_CONTROL"]] as const) {
    const { stdout } = asNobody("/bin/sh", ["-c", command()], others);
    expect(stdout).toMatch(/^AuditUnavailableError EPERM .*it needs CAP_AUDIT_READ/u);
  }
});

kernelTest("another network namespace, where nothing comes, is an error", [root, ...needs], () => {
  const inNew = (...options: string[]): string =>
    spawnSync("unshare", [...options, "/bin/sh", "-c", command()], { encoding: "utf8" }).stdout;
  expect(inNew("--net")).toMatch(/^AuditUnavailableError ENODATA .*--network host/u);
  expect(inNew("--user", "--map-root-user")).toMatch(
    /^AuditUnavailableError EPERM .*CAP_AUDIT_READ/u,
  );
  expect(inNew("--pid", "--fork", "--mount-proc")).toBe("open\n");
});
