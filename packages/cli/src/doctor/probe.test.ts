import { SyscallError } from "@task-watchers/linux";
import { expect, test } from "vitest";
import { hostFacts } from "./host.ts";
import { type Probe, RefusedError, runProbe } from "./probe.ts";

const EPERM = 1;
const EIO = 5;
const HOST = hostFacts();

function probeOf(attempt: Probe["attempt"], explain?: Probe["explain"]): Probe {
  return { name: "a-probe", title: "what it is for", attempt, ...(explain && { explain }) };
}

test("runProbe() tells what was found", async () => {
  const result = await runProbe(
    probeOf(() => "found"),
    HOST,
  );
  expect(result).toEqual({ name: "a-probe", title: "what it is for", ok: true, detail: "found" });
});

test("runProbe() explains a refused system call by its code", async () => {
  const refuse = (): never => {
    throw new SyscallError("bpf", EPERM);
  };
  const explain = (code: string) => ({ reason: `why ${code}`, remedy: "do this" });
  expect(await runProbe(probeOf(refuse, explain), HOST)).toEqual({
    name: "a-probe",
    title: "what it is for",
    ok: false,
    detail: "bpf: EPERM",
    reason: "why EPERM",
    remedy: "do this",
    code: "EPERM",
    errno: -1,
  });
});

test("runProbe() suspects a filter when a call is refused that any user may make", async () => {
  const refuse = (): never => {
    throw new SyscallError("pidfd_open", EPERM);
  };
  const result = await runProbe(probeOf(refuse), HOST);
  expect(result.reason).toBe(
    "it is refused although any user may do this: by a seccomp filter or a security module",
  );
});

test("runProbe() leaves reason and remedy out when nothing is known", async () => {
  const refuse = (): never => {
    throw new SyscallError("bpf", EIO);
  };
  const result = await runProbe(
    probeOf(refuse, () => undefined),
    HOST,
  );
  expect(Object.keys(result)).toEqual(["name", "title", "ok", "detail", "code", "errno"]);
});

test("runProbe() takes a refusal that brings its own reason", async () => {
  const refuse = async (): Promise<never> => {
    throw new RefusedError("it is 0", { reason: "off", remedy: "switch it on" });
  };
  const result = await runProbe(probeOf(refuse), HOST);
  expect(result).toMatchObject({ ok: false, detail: "it is 0", reason: "off" });
  expect(result).not.toHaveProperty("code");
});

test("runProbe() has a result when something other than an error is thrown", async () => {
  const attempt = (): Promise<string> => Promise.reject("a string");
  const result = await runProbe(probeOf(attempt), HOST);
  expect(result).toMatchObject({ ok: false, detail: "a string" });
});

test("runProbe() gives up on a probe that hangs, tells it so, and drops what it throws then", async () => {
  let told = false;
  const hang = (signal: AbortSignal): Promise<string> =>
    new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => {
        told = true;
        reject(new Error("too late"));
      });
    });
  const result = await runProbe(probeOf(hang), HOST, 20);
  expect(result).toMatchObject({ ok: false, detail: "no answer in 20 ms" });
  expect(result.reason).toBeDefined();
  expect(told).toBe(true);
});
