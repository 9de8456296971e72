/** Messages of taskstats made up for tests, and a kernel that speaks so. */
import { encodeGeneric, encodeMessage } from "@task-watchers/netlink";
import { bytesAttribute, u32Attribute } from "@task-watchers/netlink/attribute";
import { acknowledge, type ScriptedKernel, scriptedKernel } from "@task-watchers/netlink/testing";
import type { ExitLoss, ExitRecord } from "./exit-record.ts";
import { ExitSockets } from "./exit-listener.ts";
import { statsBytes } from "./stats-bytes.fixture.ts";

export const FAMILY = 31;

/** A message as the kernel sends it at an exit: no port, and the CPU's number of it. */
export function exitMessage(sequence: number, options: { group?: Uint8Array } = {}): Uint8Array {
  const nest = (type: number, stats: Uint8Array): Uint8Array =>
    bytesAttribute(type, Buffer.concat([u32Attribute(type - 3, 1), bytesAttribute(3, stats)]));
  const task = statsBytes({ version: 16, size: 560 });
  task[8] = options.group === undefined ? 0 : 0x20;
  const parts = [nest(4, task), ...(options.group === undefined ? [] : [nest(5, options.group)])];
  const payload = encodeGeneric({ command: 2, version: 1 }, ...parts);
  return encodeMessage({ type: FAMILY, flags: 0, sequence, port: 0, payload });
}

/** What a listener over scripted sockets has told, and the sockets. */
export interface Scripted {
  readonly listener: ExitSockets;
  readonly kernels: readonly ScriptedKernel[];
  readonly told: (ExitRecord | ExitLoss)[];
}

/** A listener for CPUs 0 and 1, each with a kernel that acknowledges everything. */
export function scripted(onRecord: (record: ExitRecord) => void = () => {}): Scripted {
  const kernels: ScriptedKernel[] = [];
  const told: (ExitRecord | ExitLoss)[] = [];
  const listener = new ExitSockets(
    {
      open: () => {
        const kernel = scriptedKernel((request) =>
          wantsAck(request) ? [acknowledge(request)] : [],
        );
        kernels.push(kernel);
        return kernel;
      },
      family: FAMILY,
      possible: "0-1",
      cpus: [0, 1],
    },
    {
      onRecord: (record) => {
        told.push(record);
        onRecord(record);
      },
      onLost: (loss) => told.push(loss),
    },
  );
  return { listener, kernels, told };
}

/** NLM_F_ACK, in the low byte of the flags. */
export function wantsAck(request: Uint8Array): boolean {
  return ((request[6] ?? 0) & 4) !== 0;
}

/** What a request says: "deregister 0-1". */
export function requestText(request: Uint8Array): string {
  const end = request.indexOf(0, 24);
  const cpus = Buffer.from(request.subarray(24, end)).toString("latin1");
  return `${request[22] === 3 ? "register" : "deregister"} ${cpus}`;
}
