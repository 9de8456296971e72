import { SyscallError } from "@task-watchers/linux";
import { describe, expect, test } from "vitest";
import { BtfError } from "../btf/btf-error.ts";
import { explain, explained, noTypes } from "./explain.ts";
import { BpfRefusedError } from "./refused-error.ts";

const EINVAL = 22;
const ENOSYS = 38;
const ENOMEM = 12;
const EMFILE = 24;

describe("explain()", () => {
  test("says that a kernel without rings is too old", () => {
    expect(explain("ring", new SyscallError("bpf", EINVAL))).toMatchObject({
      name: "BpfUnavailableError",
      code: "EOLDKERNEL",
      remedy: "use Linux 5.8 or later",
    });
  });

  test("passes on the verifier's last words", () => {
    const log = Array.from({ length: 40 }, (_, i) => `line ${i}`).join("\n");
    const refused = new BpfRefusedError("task_watch_exec", "EACCES", `${log}\n`);
    expect(refused.log.split("\n")).toHaveLength(12);
    expect(refused.log).toMatch(/line 39$/u);
    expect(explain("programs", refused)).toMatchObject({
      code: "EREFUSED",
      cause: refused,
      message: expect.stringContaining("line 39"),
    });
  });

  test.each([
    [ENOSYS, "ENOSYS", "CONFIG_BPF_SYSCALL"],
    [ENOMEM, "ENOMEM", "smaller ringBytes"],
    [EMFILE, "EMFILE", "cause"],
  ])("has a remedy for error %i", (errno, code, remedy) => {
    expect(explain("ring", new SyscallError("bpf", errno))).toMatchObject({
      code,
      remedy: expect.stringContaining(remedy),
    });
  });

  test("knows types that make no sense from types that are not there", () => {
    expect(explain("types", new BtfError("the magic is missing"))).toMatchObject({
      code: "EBADBTF",
      message: expect.stringContaining("the magic is missing"),
    });
    expect(noTypes(new Error("ENOENT: no such file"))).toMatchObject({ code: "ENOBTF" });
  });

  test("leaves alone what is no failure of the kernel's", () => {
    const mistake = new TypeError("mine");
    expect(explain("ring", mistake)).toBe(mistake);
    expect(() =>
      explained("ring", () => {
        throw mistake;
      }),
    ).toThrow(mistake);
  });
});
