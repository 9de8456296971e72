import { spawnSync } from "node:child_process";
import { type Ended, installed, nobodyCommand } from "@task-watchers/kernel-test";

/** In a program: opens a stop that keeps what it was told, and runs a command to its end under it. */
const PRELUDE = `
  import { execFileSync, spawn, spawnSync } from "node:child_process";
  import { once } from "node:events";
  import { mkdtempSync, openSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync, chmodSync } from "node:fs";
  import { setTimeout as sleep } from "node:timers/promises";
  import { openExecStop, ExecStopUnavailableError } from "@task-watchers/exec-stop";
  const calls = [], outcomes = [], troubles = [];
  const open = (options = {}) => openExecStop({
    onExec(call) { calls.push(call); },
    onTrouble(trouble) { troubles.push(trouble); },
    ...options,
  });
  const NONE = { stdio: ["ignore", "ignore", "ignore"] };
  const run = async (stop, file, args = [], options = NONE) => {
    const child = await stop.spawn(file, args, options);
    return await child.ended;
  };
  const facts = ({ pid, path, argv, abi, syscall, missing }) => ({ pid, path, argv, abi, syscall, missing });
  const until = async (isSo) => { while (!(await isSo())) await sleep(5); };
`;

/** Who runs a program, and where. */
export type Surroundings = "ourselves" | "nobody" | "new namespaces";

/** The command that runs a program with the package as users have it. @param body the inside of an async function */
export function programCommand(body: string, surroundings: Surroundings = "ourselves"): string[] {
  const program = `${PRELUDE}
    const result = await (async () => { ${body} })();
    if (result !== undefined) process.stdout.write(JSON.stringify(result));`;
  const node = [process.execPath, "--input-type=module", "-e", program];
  const [command = "", ...args] = placed(node, surroundings);
  return ["sh", "-c", `cd '${installed("exec-stop")}' && exec "$@"`, "sh", command, ...args];
}

function placed(node: readonly string[], surroundings: Surroundings): string[] {
  const [command = "", ...args] = node;
  if (surroundings === "nobody") return nobodyCommand(command, args);
  if (surroundings === "new namespaces") {
    const namespaces = ["--user", "--map-root-user", "--pid", "--net", "--mount-proc", "--fork"];
    return ["unshare", ...namespaces, ...node];
  }
  return [...node];
}

/** Runs it and waits, 100 s at most. */
export function endOf(body: string, surroundings: Surroundings = "ourselves"): Ended {
  const [command = "", ...args] = programCommand(body, surroundings);
  const options = { encoding: "utf8", timeout: 100_000, maxBuffer: 2 ** 27 } as const;
  const { status, stdout, stderr, error } = spawnSync(command, args, options);
  if (error !== undefined) throw error;
  return { status, stdout, stderr };
}

/** What a program returned, as JSON carries it. */
export function resultOf(body: string, surroundings: Surroundings = "ourselves"): unknown {
  const { status, stdout, stderr } = endOf(body, surroundings);
  if (status !== 0) throw new Error(`ended with ${status}: ${stderr}\n${stdout}`);
  return JSON.parse(stdout);
}
