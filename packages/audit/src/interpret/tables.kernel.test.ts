// Needs a C compiler with the kernel's headers; no privilege. What the headers do not have yet is left out.
import { existsSync, readFileSync } from "node:fs";
import { cOffsets, compiler, kernelTest } from "@task-watchers/kernel-test";
import { describe, expect } from "vitest";
import { recordTypeName } from "../record/record-names.ts";
import { capabilityName } from "./capabilities.ts";
import { linuxErrnoName } from "./errno.ts";
import { signalName } from "./signals.ts";
import { syscallName, syscallNumber } from "./syscalls.ts";

/** Names by number that some header defines with a prefix. */
function defined(header: string, pattern: RegExp): [string, number][] {
  const names = [...readFileSync(header, "utf8").matchAll(pattern)].map(([, name = ""]) => name);
  const values = cOffsets({ headers: [header.replace("/usr/include/", "")], expressions: names });
  return names.flatMap((name) => (name in values ? [[name, values[name] ?? 0]] : []));
}

describe("tables of names", () => {
  kernelTest("have the record types of linux/audit.h", [compiler], () => {
    const header = "/usr/include/linux/audit.h";
    const types = defined(header, /^#define\s+(AUDIT_[A-Z\d_]+)\s+(?:1[0-8]|20)\d\d\s/gmu).filter(
      ([name]) => !/_(?:FIRST|LAST)_/u.test(name),
    );
    expect(types.length).toBeGreaterThan(80);
    for (const [name, number] of types) {
      // auditctl lists rules by a name of its own, and the kernel has names for kinds that never were.
      expect(`AUDIT_${recordTypeName(number)}`).toBe(name);
    }
  });

  kernelTest("have the error numbers of asm-generic/errno.h", [compiler], () => {
    const base = defined(
      "/usr/include/asm-generic/errno-base.h",
      /^#define\s+(E[A-Z\d]+)\s+\d+/gmu,
    );
    const more = defined("/usr/include/asm-generic/errno.h", /^#define\s+(E[A-Z\d]+)\s+\d+/gmu);
    for (const [name, number] of [...base, ...more]) expect(linuxErrnoName(number)).toBe(name);
    expect(base.length + more.length).toBeGreaterThan(120);
  });

  kernelTest("have the signals and capabilities of the headers", [compiler], () => {
    const capabilities = defined(
      "/usr/include/linux/capability.h",
      /^#define\s+(CAP_[A-Z_]+)\s+\d+\s*$/gmu,
    );
    expect(capabilities.length).toBeGreaterThan(35);
    for (const [name, number] of capabilities) {
      expect(`CAP_${capabilityName(number)?.toUpperCase()}`).toBe(name);
    }
    const names = Array.from({ length: 31 }, (_, at) => signalName(at + 1) ?? "");
    const values = cOffsets({ headers: ["signal.h"], expressions: names });
    expect(names.map((name) => values[name])).toEqual(names.map((_, at) => at + 1));
  });

  kernelTest(
    "have the system calls of x86-64 and i386, but for libaudit's own names",
    [compiler],
    () => {
      for (const [arch, header, own] of [
        [0xc000003e, "unistd_64.h", ["pread64", "pwrite64"]],
        [0x40000003, "unistd_32.h", ["kexec_load", "sched_rr_get_interval_time64"]],
      ] as const) {
        const path = `/usr/include/x86_64-linux-gnu/asm/${header}`;
        // The headers of another machine are elsewhere.
        if (!existsSync(path)) continue;
        const calls = [...readFileSync(path, "utf8").matchAll(/^#define __NR_(\w+) (\d+)$/gmu)];
        expect(calls.length).toBeGreaterThan(350);
        const differing = calls.filter(
          ([, name, number]) => name !== syscallName(arch, Number(number)),
        );
        expect(differing.map(([, name]) => name)).toEqual(own);
      }
    },
  );

  kernelTest("have every system call's number by its name, too", [], () => {
    for (const arch of [0xc000003e, 0x40000003, 0xc00000b7, 0x40000028]) {
      const numbers = Array.from({ length: 500 }, (_, number) => number);
      const wrong = numbers.filter((number) => {
        const name = syscallName(arch, number);
        return name !== undefined && syscallNumber(arch, name) !== number;
      });
      expect(wrong).toEqual([]);
    }
  });
});
