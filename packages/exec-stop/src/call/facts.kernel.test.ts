// Needs of the kernel: seccomp user notification for any user (Linux 5.5); cc for a call relative to a descriptor.
import { compiler, kernel, kernelTest } from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { peer } from "../peer.fixture.ts";
import { resultOf } from "../program.fixture.ts";

const NEEDS = [kernel("5.5")];

kernelTest("the facts are those of the caller, as /proc has them", NEEDS, () => {
  const result = resultOf(`
    const told = [];
    const stop = await open({ onExec(call) {
      if (call.path !== "/bin/true") return;
      const stat = readFileSync("/proc/" + call.pid + "/stat", "utf8").split(" ");
      told.push({
        task: call.task,
        stat: { tgid: Number(stat[0]), ppid: Number(stat[3]), startTicks: Number(stat[21]), comm: stat[1].slice(1, -1) },
        cwd: call.cwd, file: call.file,
        exe: [call.exe, readlinkSync("/proc/" + call.pid + "/exe")],
        cgroup: [call.cgroup, readFileSync("/proc/" + call.pid + "/cgroup", "utf8").match(/0::(.*)/)?.[1]],
        changes: call.environmentChanges(),
        environment: [...call.environment()].sort(),
        missing: call.missing,
      });
    } });
    await run(stop, "/bin/sh", ["-c", "unset B; export A=2 C=3; /bin/true; :"], { ...NONE, cwd: "/usr", env: { A: "1", B: "1" } });
    await stop.close();
    const [{ task, stat, exe, cgroup, ...rest }] = told;
    const ids = process.getuid();
    return {
      ...rest,
      sameTask: Object.entries(stat).every(([name, value]) => task[name] === value),
      ids: [task.ruid, task.euid, task.suid].every((id) => id === ids),
      sameExe: exe[0] === exe[1], sameCgroup: cgroup[1] === undefined || cgroup[0] === cgroup[1],
    };
  `);
  expect(result).toMatchObject({
    cwd: "/usr",
    file: "/bin/true",
    changes: { set: { A: "2", C: "3" }, unset: ["B"] },
    environment: expect.arrayContaining(["A=2", "C=3"]),
    missing: {},
    sameTask: true,
    ids: true,
    sameExe: true,
    sameCgroup: true,
  });
});

kernelTest("file says where a relative path leads", [...NEEDS, compiler], () => {
  const result = resultOf(`
    const files = [];
    const stop = await open({ onExec(call) { files.push(call.file); } });
    await run(stop, "/bin/sh", ["-c", "cd /usr; exec bin/true"]);
    await run(stop, ${JSON.stringify(peer())}, ["at-directory"]);
    await run(stop, ${JSON.stringify(peer())}, ["empty-path"]);
    await stop.close();
    return [files[1], files[3], files[5]].map((file) => file.replace("/usr/bin", "/bin"));
  `);
  expect(result).toEqual(["/bin/true", "/bin/echo", "/bin/echo"]);
});

kernelTest(
  "a fact asked for after the answer is absent, one asked for before is kept",
  NEEDS,
  () => {
    const result = resultOf(`
    const stop = await open({ onExec(call) { calls.push(call); void call.cwd; } });
    await run(stop, "/bin/true", [], { ...NONE, cwd: "/usr" });
    const [call] = calls;
    const later = [call.cwd, call.exe, call.task, call.environment(), call.missing];
    const { missing } = stop.counters;
    await stop.close();
    return [later, missing];
  `);
    const answered = { missing: "answered" };
    const names = { exe: "answered", task: "answered", environment: "answered" };
    expect(result).toEqual([
      ["/usr", answered, answered, answered, names],
      { exe: { answered: 1 }, task: { answered: 1 }, environment: { answered: 1 } },
    ]);
  },
);
