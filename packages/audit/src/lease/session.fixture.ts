import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** A shell in an audit session of its own, which runs programs when told to. */
export interface Session extends AsyncDisposable {
  readonly pid: number;
  /** Session id of the shell and its children. */
  readonly id: number;
  /** Has it run /bin/true so often, one after the other. */
  run(times: number): Promise<void>;
  /** The same while our own event loop stands still. */
  runBlocking(times: number): void;
}

const SCRIPT = `
echo 0 >/proc/self/loginuid || exit 1
read -r id </proc/self/sessionid
echo $id
while read -r times go; do
  while [ "$times" -gt 0 ]; do /bin/true; times=$((times - 1)); done
  [ -z "$go" ] || : >"$go"
  echo done
done
`;

/** Needs the right to set a login id that is not set, which everybody has. */
export async function startSession(): Promise<Session> {
  const child = spawn("/bin/sh", ["-c", SCRIPT], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const id = Number((await lines.next()).value);
  return {
    pid: child.pid ?? 0,
    id,
    run: async (times) => {
      child.stdin.write(`${times}\n`);
      await lines.next();
    },
    runBlocking: (times) => {
      const made = `/tmp/task-watchers-audit-${child.pid}`;
      child.stdin.write(`${times} ${made}\n`);
      const wait = `while [ ! -e "$0" ]; do sleep 0.05; done; rm "$0"`;
      spawnSync("/bin/sh", ["-c", wait, made], { timeout: 30_000 });
    },
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      if (child.exitCode === null) await once(child, "exit");
    },
  };
}
