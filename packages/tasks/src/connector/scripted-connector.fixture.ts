import { procEventFrame } from "@task-watchers/kernel-test";
import { SyscallError } from "@task-watchers/linux";
import { type ScriptedKernel, scriptedKernel } from "@task-watchers/netlink/testing";
import { Connector } from "./connector.ts";
import type { Loss } from "./loss.ts";

/** This process, as far as the script goes. */
export const SELF = 1000;
export const MASK = 0x80000047;

/** A connector whose kernel is a script: acknowledges LISTEN, honours a mask, answers a touch with a COMM event. */
export class Script {
  readonly kernels: ScriptedKernel[] = [];
  readonly bells: ScriptedKernel[] = [];
  readonly events: number[][] = [];
  readonly foretold: Array<[tgid: number, timeNs: bigint]> = [];
  readonly losses: Loss[] = [];
  settled = 0;
  now = 0n;
  /** What the kernel does with requests to listen. */
  acknowledgement: number | "none" = 0;
  honoursMask = true;
  /** Whether there is no socket to be had. */
  exhausted = false;
  #mask = 0;
  #bellMask = 0;
  #sequence = 0;

  get kernel(): ScriptedKernel {
    const kernel = this.kernels.at(-1);
    if (kernel === undefined) throw new Error("no socket was opened");
    return kernel;
  }

  connect(mask: number | undefined = MASK): Connector {
    return new Connector({
      open: () => this.#open(),
      openBell: () => this.#openBell(),
      touch: () => this.send(0x200, [SELF, SELF]),
      now: () => this.now,
      mask,
      tgid: SELF,
      sink: {
        event: (what, pid, tgid, first, second) => {
          if (what !== 0x200) this.events.push([what, pid, tgid, first, second]);
        },
        lost: (loss) => this.losses.push(loss),
        settled: () => this.settled++,
        foretell: (tgid, timeNs) => this.foretold.push([tgid, timeNs]),
      },
    });
  }

  send(what: number, data: number[], senderPort = 0): void {
    const frame = procEventFrame({ what, data, sequence: this.#sequence++ });
    // The kernel counts listeners, not sockets: it goes silent for all of them at once.
    const silent = this.kernels.some((kernel) => kernel.silent && !kernel.closed);
    const bell = silent ? undefined : this.bells.at(-1);
    // What only wakes is left to the tests of the pace.
    if (what === 0x200 && (this.#bellMask & what) !== 0) bell?.push(frame, senderPort);
    if (this.#mask === 0 || (this.#mask & what) !== 0) this.kernel.push(frame, senderPort);
  }

  fork(child: number, senderPort = 0): void {
    this.send(1, [1, 1, child, child], senderPort);
  }

  #openBell(): ScriptedKernel {
    const bell = scriptedKernel(
      (request) => {
        if (request.length === 44) this.#bellMask = new Uint32Array(request.buffer)[10] ?? 0;
      },
      { datagramBytes: 128 },
    );
    this.bells.push(bell);
    return bell;
  }

  #open(): ScriptedKernel {
    if (this.exhausted) throw new SyscallError("socket", 24);
    this.#mask = 0;
    const kernel = scriptedKernel((request, self) => this.#answer(request, self), {
      datagramBytes: 128,
    });
    this.kernels.push(kernel);
    return kernel;
  }

  #answer(request: Uint8Array, kernel: ScriptedKernel): void {
    const words = new Uint32Array(request.buffer, 0, request.length / 4);
    if (words[9] !== 1) return;
    if (request.length === 44) {
      if (this.honoursMask) this.#mask = words[10] ?? 0;
      return;
    }
    if (this.acknowledgement === "none") return;
    const ack = (words[7] ?? 0) + 1;
    const data = [this.acknowledgement];
    kernel.push(procEventFrame({ what: 0, data, ack, sequence: this.#sequence++ }));
  }
}

/** The operations that a socket asked for: 1 is LISTEN, 2 is IGNORE. */
export function operationsOf(kernel: ScriptedKernel | undefined): Array<number | undefined> {
  return (kernel?.sent ?? []).map((request) => new Uint32Array(request.buffer)[9]);
}
