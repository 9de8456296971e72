// Needs: Linux 6.6 for process events without privilege (CAP_NET_ADMIN before), the initial namespaces, sh.
import { spawnSync } from "node:child_process";
import { initialNamespaces, kernel, kernelTest } from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { NetlinkConnection } from "./connection.ts";
import { openNetlinkSocket } from "./socket.ts";

const CONNECTOR = 11;
/** A request to the process-events connector: struct cn_msg, id {1, 1}, then 1 to listen or 2 to ignore. */
const operation = (op: number): Uint8Array =>
  new Uint8Array(Uint32Array.of(1, 1, 0, 0, 4, op).buffer);
const NLMSG_DONE_TYPE = 3;
/** What this process makes: each subshell is a fork and an exit. */
const forks = (count: number): void => {
  spawnSync("sh", ["-c", `i=0; while [ $i -lt ${count} ]; do (:); i=$((i+1)); done`]);
};

kernelTest(
  "an overrun is counted exactly, and the socket hears again after it",
  [kernel("6.6"), initialNamespaces],
  async () => {
    // The smallest buffer holds a few events; the loop below never reads.
    const transport = openNetlinkSocket({
      protocol: CONNECTOR,
      receiveBufferBytes: 4096,
      datagramBytes: 128,
    });
    using connection = new NetlinkConnection(transport);
    connection.join(1);
    connection.send({ type: NLMSG_DONE_TYPE, payload: operation(1) });
    const seen = { events: 0, losses: [] as number[] };
    connection.listen({
      message: () => seen.events++,
      overrun: (error) => seen.losses.push(error.lost),
    });
    try {
      for (let round = 1; round <= 2; round++) {
        forks(500);
        await until(() => seen.losses.length >= round);
        const before = seen.events;
        // A fork, an exec and an exit fit the queue.
        spawnSync("true");
        await until(() => seen.events > before);
      }
      await until(() => connection.counters.lost === transport.drops());
      const lost = seen.losses.reduce((sum, each) => sum + each, 0);
      expect(lost).toBe(transport.drops());
      expect(connection.counters.lost).toBe(lost);
      // 500 subshells a round make at least a fork and an exit each; other tasks of the host may add to it.
      expect(lost + seen.events).toBeGreaterThanOrEqual(2000);
      expect(connection.counters.malformed).toBe(0);
    } finally {
      connection.send({ type: NLMSG_DONE_TYPE, payload: operation(2) });
    }
  },
);

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
