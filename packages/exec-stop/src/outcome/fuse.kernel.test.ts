// Needs of the kernel: seccomp user notification (Linux 5.5), FUSE; root to mount; unshare, so that the mount is gone with the program.
import { existsSync } from "node:fs";
import {
  capability,
  kernel,
  kernelTest,
  type Need,
  program,
  root,
} from "@task-watchers/kernel-test";
import { expect, vi } from "vitest";
import { resultOf } from "../program.fixture.ts";

vi.setConfig({ testTimeout: 120_000 });

const fuse: Need = { name: "FUSE", isMet: () => existsSync("/dev/fuse"), excuses: true };

/** A file system in which nothing is, and which has to run a program to know that: descriptor 9 is where the kernel asks it. */
const SERVER = `
  import { execFileSync } from "node:child_process";
  import { readSync, writeSync } from "node:fs";
  const request = Buffer.alloc(1 << 20);
  const reply = (error, body = []) => {
    const bytes = Buffer.alloc(16 + body.length * 4);
    bytes.writeUInt32LE(bytes.length, 0);
    bytes.writeInt32LE(error, 4);
    request.copy(bytes, 8, 8, 16);
    body.forEach((word, i) => bytes.writeUInt32LE(word, 16 + i * 4));
    writeSync(9, bytes);
  };
  for (;;) {
    readSync(9, request);
    const [LOOKUP, GETATTR, INIT] = [1, 3, 26];
    const what = request.readUInt32LE(4);
    if (what === INIT) reply(0, [7, 31, 131072, 0, 0x000a000c, 131072, 1, 0, ...Array(8).fill(0)]);
    else if (what === GETATTR) reply(0, [1, 0, 0, 0, 1, 0, ...Array(13).fill(0), 0o40755, 2, 0, 0, 0, 4096, 0]);
    else if (what === LOOKUP) {
      execFileSync("/bin/true");
      reply(-2);
      process.exit();
    } else reply(-38);
  }
`;

kernelTest(
  "a program on a file system that the tree itself serves keeps nobody waiting",
  [kernel("5.5"), fuse, capability("CAP_SYS_ADMIN"), root, program("unshare")],
  () => {
    const result = resultOf(`
      const folder = mkdtempSync("/tmp/exec-stop-");
      writeFileSync(folder + "/server.mjs", ${JSON.stringify(SERVER)});
      const script = "mkdir $0/m && exec 9<>/dev/fuse && " +
        "mount -i -t fuse -o fd=9,rootmode=40000,user_id=0,group_id=0 fuse $0/m && " +
        "{ (exec 9>&-; sleep 0.3; exec $0/m/prog) & exec $1 $0/server.mjs; }";
      const stop = await open({ onOutcome: ({ path }, outcome) => outcomes.push({ path, ...outcome }) });
      const child = await stop.spawn("unshare", ["-m", "sh", "-c", script, folder, process.execPath], NONE);
      // A hanging file system ends with its server; it is not to be left behind.
      const timer = setTimeout(() => child.kill("SIGKILL"), 30000);
      const end = await child.ended;
      clearTimeout(timer);
      await until(() => outcomes.some(({ path }) => path.endsWith("/prog")));
      await stop.close();
      rmSync(folder, { recursive: true });
      const { path, ...what } = outcomes.find(({ path }) => path.endsWith("/prog"));
      return [end, what.outcome, what.code ?? "unknown"];
    `);
    expect(result).toEqual([{ code: 0 }, "failed", "unknown"]);
  },
);
