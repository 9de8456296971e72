// Needs of the kernel: seccomp user notification for any user (Linux 5.5); cc for a program that tells its error.
import { compiler, kernel, kernelTest } from "@task-watchers/kernel-test";
import { expect } from "vitest";
import { peer } from "../peer.fixture.ts";
import { resultOf } from "../program.fixture.ts";

const NEEDS = [kernel("5.5")];

kernelTest(
  "a refused exec gets exactly the error, and the program goes on as it was",
  [...NEEDS, compiler],
  () => {
    const result = resultOf(`
    const folder = mkdtempSync("/tmp/exec-stop-");
    const printed = [];
    for (const errno of ["EACCES", 99, "ENOENT", 1]) {
      const out = openSync(folder + "/out", "w+");
      const stop = await open({
        onExec: ({ path }) => (path === "/bin/echo" ? { errno } : "continue"),
        onOutcome: (call, { outcome, certain }) => outcomes.push([outcome, certain]),
      });
      const end = await run(stop, ${JSON.stringify(peer())}, ["plain"], { stdio: ["ignore", out, 2] });
      printed.push([readFileSync(folder + "/out", "utf8").trim(), end.code, stop.counters.refused]);
      await stop.close();
    }
    rmSync(folder, { recursive: true });
    return { printed, refused: outcomes.filter(([outcome]) => outcome === "refused") };
  `);
    expect(result).toEqual({
      printed: [
        ["13", 0, 1],
        ["99", 0, 1],
        ["2", 0, 1],
        ["1", 0, 1],
      ],
      refused: Array.from({ length: 4 }, () => ["refused", true]),
    });
  },
);

kernelTest("spawn fails with the error of the command's own exec", NEEDS, () => {
  const result = resultOf(`
    const stop = await open({ onExec: () => ({ errno: "EPERM" }) });
    const refused = await stop.spawn("/bin/true").catch(({ code }) => code);
    await stop.close();
    const other = await open();
    const gone = await other.spawn("/nonexistent").catch(({ code }) => code);
    const fine = await run(other, "/bin/true");
    await other.close();
    const closed = await other.spawn("/bin/true").catch(({ code }) => code);
    return { refused, gone, fine, closed };
  `);
  expect(result).toEqual({
    refused: "EPERM",
    gone: "ENOENT",
    fine: { code: 0 },
    closed: "EBADF",
  });
});

kernelTest(
  "a handler that throws, rejects, errs or is late lets the exec run, counted",
  NEEDS,
  () => {
    const result = resultOf(`
    const handlers = [
      () => { throw new Error("one"); },
      async () => { throw new Error("two"); },
      () => ({ errno: "EWHAT" }),
      async () => "maybe",
      () => new Promise(() => {}),
    ];
    const found = [];
    for (const onExec of handlers) {
      troubles.length = 0;
      const stop = await open({ onExec, deadlineMs: 30 });
      const end = await run(stop, "/bin/true");
      const { continued, thrown, late } = stop.counters;
      await stop.close();
      found.push([end.code, continued, thrown, late, troubles.map(({ kind, message }) => kind + ": " + message)]);
    }
    return found;
  `);
    const number = "a number from 1 to 511";
    expect(result).toEqual([
      [0, 1, 1, 0, ["thrown: onExec failed: one"]],
      [0, 1, 1, 0, ["thrown: onExec failed: two"]],
      [
        ...[0, 1, 1, 0],
        [`thrown: onExec failed: errno must be a code such as "EACCES" or ${number}, got EWHAT`],
      ],
      [0, 1, 1, 0, ['thrown: onExec failed: a verdict is "continue" or { errno }, got maybe']],
      [0, 1, 0, 1, ["late: onExec gave no verdict within 30 ms"]],
    ]);
  },
);

kernelTest("a verdict may come later, and other execs do not wait for it", NEEDS, () => {
  const result = resultOf(`
    const order = [];
    const stop = await open({ deadlineMs: 60000, async onExec({ path, argv }) {
      if (argv[1] !== "slow") { order.push(argv[1]); return; }
      await until(() => order.length >= 3);
      order.push("slow");
      return { errno: "EACCES" };
    } });
    const slow = stop.spawn("/bin/sh", ["-c", "/bin/true slow"], NONE).then(({ ended }) => ended);
    for (const word of ["a", "b"]) await run(stop, "/bin/true", [word]);
    const end = await slow;
    await stop.close();
    return [order, end, stop.counters.refused];
  `);
  expect(result).toEqual([["-c", "a", "b", "slow"], { code: 126 }, 1]);
});

kernelTest("more may stand still at a time than there are places to keep them", NEEDS, () => {
  const result = resultOf(`
    let standing = 0;
    const stop = await open({ deadlineMs: 60000, async onExec({ argv }) {
      if (argv[1] !== "word") return;
      standing++;
      await until(() => standing >= 512);
    } });
    const script = "i=0; while [ $i -lt 600 ]; do /bin/true word & i=$((i+1)); done; wait";
    const end = await run(stop, "/bin/sh", ["-c", script]);
    const { calls, continued, late } = stop.counters;
    await stop.close();
    return [end, calls, continued, late];
  `);
  expect(result).toEqual([{ code: 0 }, 601, 601, 0]);
});

kernelTest("a task killed while it stands still is counted, and told", NEEDS, () => {
  const result = resultOf(`
    const stop = await open({
      async onExec(call) {
        if (call.argv[1] !== "victim") return;
        process.kill(call.pid, "SIGKILL");
        await until(() => {
          try {
            return readFileSync("/proc/" + call.pid + "/stat", "utf8").includes(") Z ");
          } catch {
            return true;
          }
        });
        calls.push(call.cwd);
      },
      onOutcome: ({ argv }, { outcome }) => argv[1] === "victim" && outcomes.push(outcome),
    });
    const end = await run(stop, "/bin/sh", ["-c", "/bin/true victim & sleep 0.3; wait $!; exit $?"]);
    const { vanished } = stop.counters;
    await stop.close();
    return { end, vanished, outcomes, calls };
  `);
  expect(result).toEqual({
    end: { code: 137 },
    vanished: 1,
    outcomes: ["vanished"],
    calls: [{ missing: "vanished" }],
  });
});

kernelTest(
  "signals that a program catches do not make its exec fail, or come twice",
  [kernel("5.19"), compiler],
  () => {
    const result = resultOf(`
    const folder = mkdtempSync("/tmp/exec-stop-");
    const out = openSync(folder + "/out", "w+");
    const stop = await open({ async onExec({ path }) {
      if (path === "/nonexistent") { calls.push(path); await sleep(100); }
    } });
    await run(stop, ${JSON.stringify(peer())}, ["alarmed"], { stdio: ["ignore", out, 2] });
    const printed = readFileSync(folder + "/out", "utf8").trim();
    rmSync(folder, { recursive: true });
    const { waitsKillable, counters: { vanished } } = stop;
    await stop.close();
    return { printed, calls, vanished, waitsKillable };
  `);
    expect(result).toEqual({
      printed: "2",
      calls: ["/nonexistent"],
      vanished: 0,
      waitsKillable: true,
    });
  },
);
